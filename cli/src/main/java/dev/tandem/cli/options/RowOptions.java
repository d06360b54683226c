package dev.tandem.cli.options;

import dev.tandem.data.encoding.Overlong;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options for how to read rows, as in a recipe's objective. */
public final class RowOptions {
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
            paramLabel = "truncate|truncate-prompt|drop",
            defaultValue = "truncate",
            converter = OverlongConverter.class,
            description = "What happens to rows that do not fit (default: ${DEFAULT-VALUE}).")
    private Overlong overlong = Overlong.TRUNCATE;

    public Optional<String> template() {
        return prompts.template();
    }

    public Map<String, String> columns() {
        return prompts.columns();
    }

    public int maxLength() {
        return maxLength;
    }

    public Overlong overlong() {
        return overlong;
    }
}
