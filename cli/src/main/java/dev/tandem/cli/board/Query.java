package dev.tandem.cli.board;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The query of an address, the part after the question mark. */
final class Query {
    private static final int LONGEST = 2048;
    private static final int MAX = 16;

    private final Map<String, String> values;

    private Query(Map<String, String> values) {
        this.values = values;
    }

    /** Reads a query; absent if it is too long or malformed. */
    static Optional<Query> of(URI address) {
        var raw = address.getRawQuery();
        if (raw == null || raw.isEmpty()) {
            return Optional.of(new Query(Map.of()));
        }
        var pairs = raw.length() > LONGEST ? new String[MAX + 1] : raw.split("&", MAX + 1);
        return pairs.length > MAX ? Optional.empty() : decoded(pairs);
    }

    private static Optional<Query> decoded(String[] pairs) {
        var values = new LinkedHashMap<String, String>();
        try {
            for (var pair : pairs) {
                var parts = pair.split("=", 2);
                var value = parts.length == 2 ? parts[1] : "";
                values.putIfAbsent(
                        URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
                        URLDecoder.decode(value, StandardCharsets.UTF_8));
            }
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        return Optional.of(new Query(values));
    }

    /** The value of a parameter. */
    Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name));
    }
}
