package dev.tandem.model;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The feed-forward part of a block: {@code down(act(up(x)))}, or gated, {@code down(act(gate(x)) · up(x))}. */
final class Mlp {
    private final Activation activation;
    private final Optional<Linear> gate;
    private final Linear up;
    private final Linear down;

    Mlp(ModelConfig config, ModuleNames names, int layer, LinearModules linears) {
        this.activation = config.activation();
        this.gate = config.gatedMlp() ? Optional.of(linears.get(names.layer(layer, names.gate()))) : Optional.empty();
        this.up = linears.get(names.layer(layer, names.up()));
        this.down = linears.get(names.layer(layer, names.down()));
    }

    /** @param x {@code [tokens, hidden]} @return {@code [tokens, hidden]} */
    Tensor apply(Tensor x, Dropout dropout) {
        var inner = gate.map(g -> activate(g.apply(x, dropout)).mul(up.apply(x, dropout)))
                .orElseGet(() -> activate(up.apply(x, dropout)));
        return down.apply(inner, dropout);
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
