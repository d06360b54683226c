package dev.tandem.data.encoding;

import java.util.List;
import java.util.SplittableRandom;

/** Random texts of words, white space, hard characters and control characters. */
public final class RandomTexts {
    private static final List<String> PIECES = List.of(
            "the",
            "hill",
            " over",
            " ",
            "  ",
            "\n",
            "\n\n",
            "\t",
            "Human:",
            "Assistant:",
            "é",
            "e\u0301",
            "读书",
            "🤗",
            "👨‍👩‍👧",
            "\u2028",
            "\u0000",
            "\u001b[31m",
            "12345",
            ".",
            "?!",
            "\u00a0",
            "<",
            "{}",
            "s |>");

    private RandomTexts() {}

    /** One to twelve pieces. */
    public static String text(SplittableRandom random) {
        var text = new StringBuilder();
        for (var n = random.nextInt(1, 13); n > 0; n--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }
}
