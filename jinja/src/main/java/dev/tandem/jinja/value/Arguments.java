package dev.tandem.jinja.value;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The values passed to a call: those by position and those by name. */
public record Arguments(List<Object> positional, Map<String, Object> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    public static Arguments of(Object... positional) {
        return new Arguments(List.of(positional), Map.of());
    }

    /** Assigns the values to the parameters of a function; the first {@code required} of them must be given. */
    public Bound bind(String function, int required, String... parameters) {
        if (positional.size() > parameters.length) {
            throw new TemplateError(function + "() takes at most " + parameters.length + " argument(s), "
                    + positional.size() + " given");
        }
        var left = new LinkedHashMap<>(named);
        var values = new ArrayList<Optional<Object>>();
        for (int i = 0; i < parameters.length; i++) {
            var byName = Optional.ofNullable(left.remove(parameters[i]));
            if (i < positional.size() && byName.isPresent()) {
                throw new TemplateError(function + "() got multiple values for argument " + Repr.of(parameters[i]));
            }
            var value = i < positional.size() ? Optional.of(positional.get(i)) : byName;
            if (i < required && value.isEmpty()) {
                throw new TemplateError(function + "() is missing its argument " + Repr.of(parameters[i]));
            }
            values.add(value);
        }
        if (!left.isEmpty()) {
            throw new TemplateError(function + "() got an unexpected keyword argument "
                    + Repr.of(left.keySet().iterator().next()));
        }
        return new Bound(function, values);
    }

    /** These arguments with one more by name. */
    public Arguments with(String name, Object value) {
        var all = new LinkedHashMap<>(named);
        all.put(name, value);
        return new Arguments(positional, all);
    }

    /** Arguments without the first one by position. */
    public Arguments rest() {
        return new Arguments(positional.subList(1, positional.size()), named);
    }

    /** Values in the order of a function's parameters. */
    public record Bound(String function, List<Optional<Object>> values) {
        public boolean has(int index) {
            return values.get(index).isPresent();
        }

        public Object get(int index) {
            return values.get(index).orElseThrow();
        }

        public Object get(int index, Object fallback) {
            return values.get(index).orElse(fallback);
        }

        public boolean flag(int index, boolean fallback) {
            return values.get(index).map(Truth::of).orElse(fallback);
        }

        public long whole(int index, long fallback) {
            return values.get(index).map(this::whole).orElse(fallback);
        }

        public long whole(int index) {
            return whole(get(index));
        }

        public String text(int index) {
            return text(get(index));
        }

        public String text(int index, String fallback) {
            return values.get(index).map(this::text).orElse(fallback);
        }

        private long whole(Object value) {
            return Numbers.index(value)
                    .orElseThrow(() -> new TemplateError(
                            function + "() needs an integer, not a value of type " + Types.name(value)));
        }

        private String text(Object value) {
            if (value instanceof String text) {
                return text;
            }
            if (value instanceof Undefined missing) {
                throw missing.fault();
            }
            throw new TemplateError(function + "() needs a string, not a value of type " + Types.name(value));
        }
    }
}
