package dev.tandem.text;

import java.util.Locale;

/** Names as recipes and options spell them: {@code implicit-preference}. */
public final class KebabCase {
    private KebabCase() {}

    /** The name of a constant: lower case, words joined by hyphens. */
    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
