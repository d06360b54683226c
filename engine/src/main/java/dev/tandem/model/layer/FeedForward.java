package dev.tandem.model.layer;

import dev.tandem.model.config.Activation;
import dev.tandem.model.config.FeedForwardSpec;
import dev.tandem.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The feed-forward part of a block. */
public final class FeedForward {
    private final FeedForwardSpec spec;
    private final LinearGroup inputs;
    private final Linear down;

    public FeedForward(FeedForwardSpec spec, LinearModules linears) {
        this.spec = spec;
        this.inputs = linears.group(spec.inputs());
        this.down = linears.get(spec.down());
    }

    /** @param x {@code [tokens, hidden]} @return {@code [tokens, hidden]} */
    public Tensor apply(Tensor x, Dropout dropout) {
        if (spec instanceof FeedForwardSpec.Plain && spec.activation() == Activation.GELU) {
            var activated = inputs.linears().get(0).gelu(x);
            if (activated.isPresent()) {
                return down.apply(activated.get(), dropout);
            }
        }
        var projected = gateAndUp(inputs.apply(x, dropout));
        var activated = activate(projected.get(0));
        return down.apply(projected.size() == 1 ? activated : activated.mul(projected.get(1)), dropout);
    }

    /** Gate and up, or only up. */
    private List<Tensor> gateAndUp(List<Tensor> projected) {
        return spec instanceof FeedForwardSpec.StackedGate
                ? Tensors.split(
                        projected.get(0), 1, down.spec().in(), down.spec().in())
                : projected;
    }

    private Tensor activate(Tensor x) {
        return switch (spec.activation()) {
            case GELU -> torch.gelu(x);
            case GELU_TANH -> torch.gelu(x, "tanh");
            case SILU -> torch.silu(x);
            case RELU -> torch.relu(x);
        };
    }
}
