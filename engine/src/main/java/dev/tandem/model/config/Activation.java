package dev.tandem.model.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Activation functions of the MLP, by the names Hugging Face configs use ({@code transformers.activations.ACT2FN}). */
public enum Activation {
    /** Exact GELU, x·Φ(x). */
    GELU("gelu"),
    /** GELU by its tanh approximation. */
    GELU_TANH("gelu_new", "gelu_pytorch_tanh", "gelu_fast"),
    /** SiLU, x·σ(x). */
    SILU("silu", "swish"),
    /** max(x, 0). */
    RELU("relu");

    private final List<String> names;

    Activation(String... names) {
        this.names = List.of(names);
    }

    /** The activation a config's {@code hidden_act} names, if it is supported. */
    public static Optional<Activation> named(String name) {
        return Arrays.stream(values()).filter(a -> a.names.contains(name)).findFirst();
    }

    /** Every supported name, for error messages. */
    public static List<String> supportedNames() {
        return Arrays.stream(values()).flatMap(a -> a.names.stream()).toList();
    }
}
