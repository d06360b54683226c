package dev.tandem.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Collectors;

/** Words of messages. */
public final class Suggestion {
    private static final int LONGEST = 60;

    private Suggestion() {}

    /** The user's text in quotes, shortened, control characters escaped. */
    public static String quoted(String text) {
        return "'" + SafeText.line(text, LONGEST) + "'";
    }

    /** Texts in quotes, shortened and escaped. */
    public static String list(Collection<String> texts) {
        return texts.stream().map(Suggestion::quoted).collect(Collectors.joining(", "));
    }

    /** "; did you mean x?" when a known word is close, and the known words. */
    public static String suggestion(String word, Collection<String> known) {
        var near = known.stream()
                .min(Comparator.comparingInt(k -> distance(word, k)))
                .filter(k -> distance(word, k) <= Math.max(2, word.length() / 3))
                .map(k -> "; did you mean " + k + "?")
                .orElse(".");
        return near + " Known: " + String.join(", ", known);
    }

    /** Levenshtein distance, a swap of neighbours counting one. */
    private static int distance(String a, String b) {
        var d = new int[a.length() + 1][b.length() + 1];
        for (var i = 0; i <= a.length(); i++) {
            for (var j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                var change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
