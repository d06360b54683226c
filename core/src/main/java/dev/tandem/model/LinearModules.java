package dev.tandem.model;

import dev.tandem.tensor.TensorOwner;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The linear modules of a model by name. */
final class LinearModules {
    private final Map<String, Linear> byName = new LinkedHashMap<>();
    private final Weights weights;
    private final boolean join;
    private final TensorOwner owner;

    /**
     * @param join whether modules that read the same input are computed as one, where their weights allow it
     * @param owner keeps weights that are seen as one
     */
    LinearModules(ParameterLayout layout, Weights weights, boolean join, TensorOwner owner) {
        this.weights = weights;
        this.join = join;
        this.owner = owner;
        for (var spec : layout.linears()) {
            byName.put(spec.name(), new Linear(spec, weights));
        }
    }

    Linear get(String name) {
        var linear = byName.get(name);
        if (linear == null) {
            throw new IllegalStateException("no linear module " + name);
        }
        return linear;
    }

    /** Modules that read the same input. */
    LinearGroup group(String... names) {
        var linears = Arrays.stream(names).map(this::get).toList();
        return new LinearGroup(linears, weights, join ? joined(linears) : Optional.empty());
    }

    private Optional<LinearGroup.Joined> joined(List<Linear> linears) {
        var weight = weights.joined(linears.stream().map(Linear::weight).toList(), owner);
        var biases = linears.stream().flatMap(l -> l.bias().stream()).toList();
        if (biases.isEmpty()) {
            return weight.map(w -> new LinearGroup.Joined(w, Optional.empty()));
        }
        var bias = weights.joined(biases, owner);
        return weight.flatMap(w -> bias.map(b -> new LinearGroup.Joined(w, Optional.of(b))));
    }

    Collection<Linear> all() {
        return byName.values();
    }
}
