package dev.tandem.data.encoding;

import dev.tandem.text.KebabCase;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What to do with a response that does not fit into {@code max-length}. */
public enum Overlong {
    /** It is cut to fit. */
    TRUNCATE,
    /** Its row is left out. */
    DROP;

    /** Names that recipes of earlier versions have. */
    public static final Map<String, Overlong> FORMER_NAMES = Map.of("cut", TRUNCATE);

    /** Its word in the keys of token caches, where it never changes. */
    public String cacheKey() {
        return this == TRUNCATE ? "CUT" : "DROP";
    }

    /** The constant of a name, which may be a former one. */
    public static Optional<Overlong> named(String name) {
        return Stream.of(values())
                .filter(value -> KebabCase.of(value).equals(name))
                .findFirst()
                .or(() -> Optional.ofNullable(FORMER_NAMES.get(name)));
    }
}
