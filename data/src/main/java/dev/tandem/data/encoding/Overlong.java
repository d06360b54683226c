package dev.tandem.data.encoding;

import dev.tandem.text.KebabCase;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What to do with a row that does not fit into {@code max-length}. */
public enum Overlong {
    /** The response is truncated to fit. */
    TRUNCATE,
    /** The prompt loses its beginning, and the response is kept whole. */
    TRUNCATE_PROMPT,
    /** The row is left out. */
    DROP;

    /** Names in recipes of earlier versions. */
    public static final Map<String, Overlong> FORMER_NAMES = Map.of("cut", TRUNCATE);

    /** Its name in the keys of token caches, which never changes. */
    public String cacheKey() {
        return switch (this) {
            case TRUNCATE -> "CUT";
            case TRUNCATE_PROMPT -> "CUT_PROMPT";
            case DROP -> "DROP";
        };
    }

    /** The constant for a name, which may be a former one. */
    public static Optional<Overlong> named(String name) {
        return Stream.of(values())
                .filter(value -> KebabCase.of(value).equals(name))
                .findFirst()
                .or(() -> Optional.ofNullable(FORMER_NAMES.get(name)));
    }
}
