package dev.tandem.cli.options;

import dev.tandem.data.encoding.PromptTemplate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for a row's prompt columns and the prompt template. */
public final class PromptOptions {
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

    public Optional<String> template() {
        return template(template);
    }

    /**
     * A template from the command line.
     *
     * @param text {@code {}} stands for the prompt
     * @throws dev.tandem.UserException unless it has one {@code {}}
     */
    public static Optional<String> template(@Nullable String text) {
        var template = Optional.ofNullable(text).map(PromptOptions::withLineEnds);
        template.ifPresent(PromptTemplate::parse);
        return template;
    }

    public Map<String, String> columns() {
        return columns;
    }

    /** A text from the command line, where a line end is hard to type. */
    public static String withLineEnds(String text) {
        return text.replace("\\n", "\n");
    }
}
