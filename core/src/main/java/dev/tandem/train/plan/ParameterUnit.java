package dev.tandem.train.plan;

import dev.tandem.model.LinearSpec;
import dev.tandem.model.LoraConfig;
import dev.tandem.model.ModelConfig;
import dev.tandem.model.ParameterLayout;
import dev.tandem.model.ParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Parameters that are needed at the same time, and so go over the network together.
 *
 * @param kind where they are in the model
 * @param trained trained elements, float32
 * @param frozen frozen elements, in the precision of the weights
 */
public record ParameterUnit(Kind kind, long trained, long frozen) {
    private static final Pattern BLOCK = Pattern.compile("\\.layers\\.([0-9]{1,5})\\.");

    /** Places in a model. */
    public enum Kind {
        /** Token embedding; the output head where it is the same matrix. */
        EMBEDDING,
        /** A block. */
        BLOCK,
        /** Last norm, and the output head where it has a matrix of its own. */
        HEAD
    }

    /**
     * A model's units, in the order of the forward pass.
     *
     * @param lora the adapter that is trained; absent: all parameters are
     */
    public static List<ParameterUnit> of(ModelConfig config, Optional<LoraConfig> lora) {
        var layout = ParameterLayout.of(config);
        var own = elements(config, layout.parameters());
        if (lora.isEmpty()) {
            return units(own, new long[own.length]);
        }
        return units(adapter(config, lora.get().rank(), lora.get().modules(layout)), own);
    }

    private static List<ParameterUnit> units(long[] trained, long[] frozen) {
        var units = new ArrayList<ParameterUnit>();
        for (var i = 0; i < trained.length; i++) {
            var kind = i == 0 ? Kind.EMBEDDING : i == trained.length - 1 ? Kind.HEAD : Kind.BLOCK;
            units.add(new ParameterUnit(kind, trained[i], frozen[i]));
        }
        return units;
    }

    private static long[] elements(ModelConfig config, List<ParameterSpec> parameters) {
        var elements = new long[config.layers() + 2];
        for (var i = 0; i < parameters.size(); i++) {
            var parameter = parameters.get(i);
            var unit = i == 0 ? Optional.of(0) : block(parameter.name());
            elements[unit.orElse(elements.length - 1)] += parameter.elements();
        }
        return elements;
    }

    private static long[] adapter(ModelConfig config, int rank, List<LinearSpec> modules) {
        var elements = new long[config.layers() + 2];
        modules.forEach(m -> elements[block(m.name()).orElseThrow()] += (long) rank * (m.in() + m.out()));
        return elements;
    }

    /** The unit of a block's parameter. */
    private static Optional<Integer> block(String name) {
        var found = BLOCK.matcher(name);
        return found.find() ? Optional.of(1 + Integer.parseInt(found.group(1))) : Optional.empty();
    }
}
