package dev.tandem.model.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A part that adds {@code outputNorm(module(inputNorm(x)))} to the residual stream. Most families have only the first
 * norm, OLMo 2 only the second, Gemma both.
 *
 * @param inputNorm norm of the module's input
 * @param module attention or feed-forward
 * @param outputNorm norm of the module's output
 */
public record Sublayer<T extends ModuleSpec>(Optional<NormSpec> inputNorm, T module, Optional<NormSpec> outputNorm)
        implements ModuleSpec {

    /** A sublayer whose input is normalised. */
    public static <T extends ModuleSpec> Sublayer<T> preNorm(NormSpec norm, T module) {
        return new Sublayer<>(Optional.of(norm), module, Optional.empty());
    }

    /** Its norms, the input's first. */
    public List<NormSpec> norms() {
        return Stream.concat(inputNorm.stream(), outputNorm.stream()).toList();
    }

    @Override
    public List<ParameterSpec> parameters() {
        return Stream.of(
                        inputNorm.stream().flatMap(norm -> norm.parameters().stream()),
                        module.parameters().stream(),
                        outputNorm.stream().flatMap(norm -> norm.parameters().stream()))
                .flatMap(parameters -> parameters)
                .toList();
    }

    @Override
    public List<LinearSpec> linears() {
        return module.linears();
    }

    @Override
    public List<List<LinearSpec>> sharingInput() {
        return module.sharingInput();
    }
}
