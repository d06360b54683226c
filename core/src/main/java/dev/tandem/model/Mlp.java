package dev.tandem.model;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The feed-forward part of a block: {@code down(act(up(x)))}, or gated, {@code down(act(gate(x)) · up(x))}. */
final class Mlp {
    private final Activation activation;
    /** The gate, if there is one, and up. */
    private final LinearGroup inputs;

    private final Linear down;

    Mlp(ModelConfig config, ModuleNames names, int layer, LinearModules linears) {
        this.activation = config.activation();
        var up = names.layer(layer, names.up());
        this.inputs = config.gatedMlp() ? linears.group(names.layer(layer, names.gate()), up) : linears.group(up);
        this.down = linears.get(names.layer(layer, names.down()));
    }

    /** @param x {@code [tokens, hidden]} @return {@code [tokens, hidden]} */
    Tensor apply(Tensor x, Dropout dropout) {
        if (activation == Activation.GELU && inputs.linears().size() == 1) {
            var activated = inputs.linears().get(0).gelu(x);
            if (activated.isPresent()) {
                return down.apply(activated.get(), dropout);
            }
        }
        var projected = inputs.apply(x, dropout);
        var activated = activate(projected.get(0));
        return down.apply(projected.size() == 1 ? activated : activated.mul(projected.get(1)), dropout);
    }

    private Tensor activate(Tensor x) {
        return switch (activation) {
            case GELU -> torch.gelu(x);
            case GELU_TANH -> torch.gelu(x, "tanh");
            case SILU -> torch.silu(x);
            case RELU -> torch.relu(x);
        };
    }
}
