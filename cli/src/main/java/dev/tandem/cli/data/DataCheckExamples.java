package dev.tandem.cli.data;

import dev.tandem.data.check.ExamplePreview;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Rows as the model sees them, with trained text between ⟦ and ⟧. */
final class DataCheckExamples {
    /** Longest text between two marks; of a longer text, the middle is left out. */
    private static final int MAX_CHARACTERS = 1_200;

    private DataCheckExamples() {}

    static List<String> lines(ExamplePreview example) {
        var lines = new ArrayList<String>();
        for (var i = 0; i < example.sequences().size(); i++) {
            var side = example.sequences().size() == 1 ? "" : i == 0 ? ", chosen" : ", rejected";
            lines.add("  example " + example.where() + side + ":");
            text(example.sequences().get(i)).lines().forEach(line -> lines.add("    | " + line));
        }
        return lines;
    }

    private static String text(List<ExamplePreview.Stretch> sequence) {
        return sequence.stream()
                .map(stretch -> {
                    var text = shortened(stretch.text());
                    return stretch.trained() ? "⟦" + text + "⟧" : text;
                })
                .collect(Collectors.joining());
    }

    private static String shortened(String text) {
        if (text.length() <= MAX_CHARACTERS) {
            return text;
        }
        var half = MAX_CHARACTERS / 2;
        return text.substring(0, half) + " …(" + (text.length() - 2 * half) + " characters)… "
                + text.substring(text.length() - half);
    }
}
