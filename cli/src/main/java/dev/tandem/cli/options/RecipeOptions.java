package dev.tandem.cli.options;

import dev.tandem.text.ShellWord;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The recipe of a command, with overrides of its keys. */
public final class RecipeOptions {
    @Parameters(paramLabel = "RECIPE.yaml", description = "The recipe; see docs/recipe.md.")
    private Path file = Path.of("");

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides a key of the recipe, as in --set train.steps=100. Repeatable.")
    private List<String> overrides = List.of();

    /** The recipe's file. */
    public Path file() {
        return file;
    }

    /** File and overrides as words of a shell, for a command that continues a run. */
    public String asArguments() {
        return Stream.concat(Stream.of(file.toString()), overrides.stream().flatMap(o -> Stream.of("--set", o)))
                .map(ShellWord::quoted)
                .collect(Collectors.joining(" "));
    }

    /** {@code key=value} each, as {@link dev.tandem.recipe.RecipeReader RecipeReader} takes them. */
    public List<String> overrides() {
        return overrides;
    }
}
