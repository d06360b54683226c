package dev.tandem.plan;

import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.lora.LoraConfig;
import dev.tandem.tensor.flat.ShardedParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Parameters that are needed at the same time, and so are sent over the network together: those of the embedding, a block,
 * or the output head ({@link ParameterLayout#units}).
 *
 * @param trained trained elements, float32
 * @param frozen frozen elements
 * @param frozenBytes bytes of these, each parameter rounded up to whole cache lines
 */
record ParameterUnit(long trained, long frozen, long frozenBytes) {
    /**
     * A model's units, in the order of the forward pass.
     *
     * @param lora the adapter that is trained; absent: all parameters are
     * @param bytesPerElement of frozen parameters
     */
    static List<ParameterUnit> of(ModelSpec spec, Optional<LoraConfig> lora, int bytesPerElement) {
        var layout = ParameterLayout.of(spec);
        var count = layout.units().size();
        var own = new long[count];
        var bytes = new long[count];
        for (var parameter : layout.parameters()) {
            var unit = layout.unit(parameter.name());
            own[unit] += parameter.elements();
            bytes[unit] +=
                    ShardedParameters.roundedUp(parameter.elements() * bytesPerElement, ShardedParameters.ALIGNMENT);
        }
        var adapter = new long[count];
        lora.ifPresent(l ->
                l.modules(layout).forEach(m -> adapter[layout.unit(m.name())] += (long) l.rank() * (m.in() + m.out())));
        var units = new ArrayList<ParameterUnit>();
        for (var i = 0; i < count; i++) {
            units.add(
                    lora.isPresent()
                            ? new ParameterUnit(adapter[i], own[i], bytes[i])
                            : new ParameterUnit(own[i], 0, 0));
        }
        return units;
    }
}
