package dev.tandem.data.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A path into values: names and indices with dots between them. */
record AttributePath(List<Object> parts, Optional<Object> fallback) {
    /** The path that a filter was given; {@code None} leads to the value itself. */
    static AttributePath of(Object path) {
        return of(path, Optional.empty());
    }

    static AttributePath of(Object path, Optional<Object> fallback) {
        if (path == None.NONE) {
            return new AttributePath(List.of(), fallback);
        }
        if (!(path instanceof String text)) {
            return new AttributePath(List.of(path), fallback);
        }
        var parts = new ArrayList<Object>();
        for (String part : text.split("\\.", -1)) {
            parts.add(part.matches("[0-9]{1,9}") ? (Object) Long.parseLong(part) : part);
        }
        return new AttributePath(parts, fallback);
    }

    Object of(Object value, boolean ignoreCase) {
        Object found = value;
        for (Object part : parts) {
            found = Members.item(found, part);
            if (found instanceof Undefined && fallback.isPresent()) {
                found = fallback.get();
            }
        }
        return ignoreCase && found instanceof String text ? Case.lower(text) : found;
    }

    Object valueOf(Object value) {
        return of(value, false);
    }
}
