package dev.tandem.cli;

import dev.tandem.data.Overlong;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How to read rows, as a recipe's objective says it. */
final class RowOptions {
    @Mixin
    private PromptOptions prompts = new PromptOptions();

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
        return prompts.template();
    }

    Map<String, String> columns() {
        return prompts.columns();
    }

    int maxLength() {
        return maxLength;
    }

    Overlong overlong() {
        return overlong;
    }
}
