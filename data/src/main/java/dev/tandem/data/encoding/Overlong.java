package dev.tandem.data.encoding;

import dev.tandem.text.KebabCase;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What to do with a response that does not fit into {@code max-length}. */
public enum Overlong {
    /** The response is truncated to fit. */
    TRUNCATE,
    /** The row is left out. */
    DROP;

    /** Names in recipes of earlier versions. */
    public static final Map<String, Overlong> FORMER_NAMES = Map.of("cut", TRUNCATE);

    /** Its name in the keys of token caches, which never changes. */
    public String cacheKey() {
        return this == TRUNCATE ? "CUT" : "DROP";
    }

    /** The constant for a name, which may be a former one. */
    public static Optional<Overlong> named(String name) {
        return Stream.of(values())
                .filter(value -> KebabCase.of(value).equals(name))
                .findFirst()
                .or(() -> Optional.ofNullable(FORMER_NAMES.get(name)));
    }
}
