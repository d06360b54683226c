package dev.tandem.cli;

import dev.tandem.recipe.ObjectiveRecipe.Overlong;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to read rows, as a recipe's objective says it. */
final class RowOptions {
    @Option(
            names = "--template",
            paramLabel = "TEXT",
            description = "Prompt template, {} stands for the prompt; \\n is a line end.")
    private @Nullable String template;

    @Option(
            names = "--column",
            paramLabel = "NAME=COLUMN",
            description = "The file's name of one of the format's columns. Repeatable.")
    private Map<String, String> columns = new LinkedHashMap<>();

    @Option(
            names = "--max-length",
            paramLabel = "TOKENS",
            defaultValue = "2048",
            description = "Longest sequence (default: ${DEFAULT-VALUE}).")
    private int maxLength;

    @Option(
            names = "--overlong",
            paramLabel = "cut|drop",
            defaultValue = "cut",
            description = "What happens to responses that do not fit (default: ${DEFAULT-VALUE}).")
    private Overlong overlong = Overlong.CUT;

    Optional<String> template() {
        return Optional.ofNullable(template).map(t -> t.replace("\\n", "\n"));
    }

    Map<String, String> columns() {
        return columns;
    }

    int maxLength() {
        return maxLength;
    }

    Overlong overlong() {
        return overlong;
    }
}
