package dev.tandem.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Collectors;

/** Words of messages. */
public final class Suggestion {
    private static final int LONGEST = 60;

    private Suggestion() {}

    /** The user's text in quotes, shortened and escaped. */
    public static String quoted(String text) {
        return "'" + SafeText.line(text, LONGEST) + "'";
    }

    /** Texts in quotes, shortened and escaped. */
    public static String list(Collection<String> texts) {
        return texts.stream().map(Suggestion::quoted).collect(Collectors.joining(", "));
    }

    /** "; did you mean x?" when a known word is close, and the known words. */
    public static String suggestion(String word, Collection<String> known) {
        var limit = Math.max(2, word.length() / 3);
        var near = known.stream()
                .min(Comparator.comparingInt(k -> EditDistance.of(word, k, limit)))
                .filter(k -> EditDistance.of(word, k, limit) <= limit)
                .map(k -> "; did you mean " + k + "?")
                .orElse(".");
        return near + " Known: " + String.join(", ", known);
    }
}
