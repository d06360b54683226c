package dev.tandem.model.config;

import dev.tandem.model.LinearSpec;
import dev.tandem.model.ParameterSpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What adds to the residual stream: {@code outputNorm(module(inputNorm(x)))}. Most families have the first norm alone, OLMo 2
 * the second alone, Gemma both.
 *
 * @param inputNorm applied to what the module reads
 * @param module attention or feed-forward
 * @param outputNorm applied to what the module gives
 */
public record Sublayer<T extends ModuleSpec>(Optional<NormSpec> inputNorm, T module, Optional<NormSpec> outputNorm)
        implements ModuleSpec {

    /** A sublayer whose input is normalised. */
    public static <T extends ModuleSpec> Sublayer<T> preNorm(NormSpec norm, T module) {
        return new Sublayer<>(Optional.of(norm), module, Optional.empty());
    }

    /** Its norms, that of the input first. */
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
