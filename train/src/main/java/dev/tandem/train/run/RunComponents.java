package dev.tandem.train.run;

import dev.tandem.io.InputFiles;
import dev.tandem.method.Method;
import dev.tandem.objective.Objective;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The losses and the method that a run trains with. Parts that a program supplied are noted at the head of the run's
 * recipe, so that the run continues with no others.
 *
 * @param objectives the loss of every objective, by name
 * @param method which of them each step is on
 * @param own a line for each part that is not the recipe's
 */
record RunComponents(Map<String, Objective> objectives, Method method, List<String> own) {
    private static final int MAX_BYTES = 4_000_000;
    private static final String HEAD = "# In place of what this recipe says, a program brought its own\n";
    private static final String LINE = "#   ";

    RunComponents {
        own = List.copyOf(own);
    }

    /** Lines that name parts by their classes: the text of an object may differ in the next process. */
    static List<String> names(Map<String, Object> parts) {
        return parts.entrySet().stream()
                .map(part -> part.getKey() + ": " + part.getValue().getClass().getName())
                .toList();
    }

    /** The comment before the recipe in the run's folder; empty if every part is the recipe's. */
    String note() {
        var lines = new StringBuilder(own.isEmpty() ? "" : HEAD);
        own.forEach(part -> lines.append(LINE).append(part).append('\n'));
        return lines.toString();
    }

    /** The parts noted in a run's recipe. */
    static List<String> noted(Path recipe) {
        return InputFiles.text(recipe, MAX_BYTES)
                .lines()
                .takeWhile(line -> line.startsWith("#"))
                .filter(line -> line.startsWith(LINE))
                .map(line -> line.substring(LINE.length()))
                .toList();
    }
}
