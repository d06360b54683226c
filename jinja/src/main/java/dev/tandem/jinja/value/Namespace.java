package dev.tandem.jinja.value;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The one value a template can change: attributes that assignments in inner scopes set for the outer ones. */
public final class Namespace {
    private final Map<String, Object> attributes = new LinkedHashMap<>();

    public Optional<Object> get(String name) {
        return Optional.ofNullable(attributes.get(name));
    }

    public void set(String name, Object value) {
        attributes.put(name, value);
    }
}
