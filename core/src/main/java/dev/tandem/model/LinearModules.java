package dev.tandem.model;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** The linear modules of a model by name. */
final class LinearModules {
    private final Map<String, Linear> byName = new LinkedHashMap<>();

    LinearModules(ParameterLayout layout, Weights weights) {
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

    Collection<Linear> all() {
        return byName.values();
    }
}
