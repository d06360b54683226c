package dev.tandem.data.template;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Names and their values in a part of a template; names it does not have are looked up in the enclosing part. */
final class Scope {
    private final Map<String, Object> values = new HashMap<>();
    private final Optional<Scope> outer;

    private Scope(Optional<Scope> outer) {
        this.outer = outer;
    }

    static Scope outermost(Map<String, Object> variables) {
        var scope = new Scope(Optional.empty());
        scope.values.putAll(variables);
        return scope;
    }

    Scope inner() {
        return new Scope(Optional.of(this));
    }

    void set(String name, Object value) {
        values.put(name, value);
    }

    Object get(String name) {
        for (Optional<Scope> scope = Optional.of(this); scope.isPresent(); scope = scope.get().outer) {
            Object value = scope.get().values.get(name);
            if (value != null) {
                return value;
            }
        }
        return Undefined.name(name);
    }
}
