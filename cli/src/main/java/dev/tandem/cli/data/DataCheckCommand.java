package dev.tandem.cli.data;

import dev.tandem.UserException;
import dev.tandem.bench.BenchLengths;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.cli.options.HubPaths;
import dev.tandem.cli.options.RowFormatConverter;
import dev.tandem.cli.options.RowOptions;
import dev.tandem.data.check.CheckedFile;
import dev.tandem.data.check.DataCheck;
import dev.tandem.data.check.FileFindings;
import dev.tandem.data.format.RowFormat;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.text.SafeText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tandem data check}: reports what is in the data, what will be dropped or cut, and why. */
@Command(
        name = "check",
        description = "Tells what is in data files, what will be dropped or cut and why, what is there twice, and what"
                + " looks wrong.",
        footer = {
            "",
            "With --model rows are tokenised as in training. Without, they are read, counted and compared.",
            "With --recipe all data of a recipe are checked as a run would read them.",
            "Exit code 2 if a file or row would stop a run, else 0."
        })
final class DataCheckCommand implements Callable<Integer> {
    /** Any id serves without a model. */
    private static final int ANY_ID = Integer.MAX_VALUE;

    private static final int EXAMPLES = 2;
    private static final List<String> SAID_BY_RECIPE =
            List.of("--model", "--format", "--eval", "--template", "--column", "--max-length", "--overlong");

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private RowOptions rowOptions = new RowOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "FILE", description = "Data files.")
    private List<Path> files = List.of();

    @Option(
            names = "--eval",
            arity = "1..*",
            paramLabel = "FILE",
            description = "Evaluation files: their rows should not be among those of the other files.")
    private List<Path> evaluation = List.of();

    @Option(
            names = "--recipe",
            paramLabel = "RECIPE.yaml",
            description = "Check the data of this recipe, instead of files named here.")
    private Optional<Path> recipe = Optional.empty();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = RowFormatConverter.class,
            description = "Row format (default: guessed from the columns).")
    private @Nullable RowFormat format;

    @Option(names = "--model", paramLabel = "DIR", description = "Model directory, for its tokenizer.")
    private @Nullable Path model;

    @Option(
            names = "--examples",
            paramLabel = "N",
            description = "Show the first N rows of every file as the model sees them, what is trained between ⟦ and ⟧"
                    + " (default: 2 where there is a model).")
    private Optional<Integer> examples = Optional.empty();

    @Option(names = "--json", description = "Print one JSON object instead of text.")
    private boolean json;

    @Option(
            names = "--lengths",
            paramLabel = "FILE",
            description =
                    "Write the rows' lengths to this file, for 'tandem bench --lengths'. Needs --model, or token rows.")
    private Optional<Path> lengths = Optional.empty();

    @Override
    public Integer call() {
        if (recipe.isEmpty() == files.isEmpty()) {
            throw new UserException("Name either data files or --recipe RECIPE.yaml, whose data are checked.");
        }
        return recipe.isPresent() ? checkRecipe(recipe.get()) : checkFiles();
    }

    private int checkRecipe(Path file) {
        var parsed = Objects.requireNonNull(spec).commandLine().getParseResult();
        SAID_BY_RECIPE.stream().filter(parsed::hasMatchedOption).findFirst().ifPresent(option -> {
            throw new UserException("The recipe determines what " + option + " would. Omit it, or name data files"
                    + " instead of --recipe.");
        });
        var read = RecipeReader.read(file, List.of()).mapPaths(hub()::local);
        // rows without text need no tokenizer, and models made for them have none
        var text = read.objectives().values().stream()
                        .anyMatch(o -> o.data().format().isText())
                || Files.exists(read.model().resolve("tokenizer.json"));
        return check(DataCheckFiles.of(read), Optional.of(read.model()), text);
    }

    private int checkFiles() {
        var named = new DataCheckFiles(Optional.ofNullable(format), rowOptions);
        var all = new ArrayList<CheckedFile>();
        var hub = hub();
        files.forEach(file -> all.add(named.of(hub.local(file), false)));
        evaluation.forEach(file -> all.add(named.of(hub.local(file), true)));
        return check(all, Optional.ofNullable(model).map(hub::local), model != null);
    }

    /** Prints nothing where the output is JSON. */
    private HubPaths hub() {
        return new HubPaths(Objects.requireNonNull(spec).commandLine().getOut(), common.quiet() || json);
    }

    private int check(List<CheckedFile> checked, Optional<Path> folder, boolean text) {
        var vocabSize = folder.map(f -> ModelFamilies.read(f).vocabSize()).orElse(ANY_ID);
        if (!text) {
            return check(checked, Optional.empty(), vocabSize);
        }
        try (var tokenizer = TextTokenizer.load(folder.orElseThrow())) {
            return check(checked, Optional.of(tokenizer), vocabSize);
        }
    }

    private int check(List<CheckedFile> checked, Optional<TextTokenizer> tokenizer, int vocabSize) {
        var shown = examples.orElse(tokenizer.isPresent() && !common.quiet() ? EXAMPLES : 0);
        var result = DataCheck.of(checked, new DataCheck.Settings(tokenizer, vocabSize, shown, lengths.isPresent()));
        var out = Objects.requireNonNull(spec).commandLine().getOut();
        if (json) {
            out.println(DataCheckJson.of(result));
        } else {
            new DataCheckText(result, recipe.isPresent()).lines().forEach(line -> out.println(SafeText.lines(line)));
        }
        out.flush();
        lengths.ifPresent(file -> write(file, result));
        return result.stopsARun() ? 2 : 0;
    }

    private static void write(Path file, DataCheck result) {
        var shapes = result.files().stream()
                .map(FileFindings::shapes)
                .flatMap(List::stream)
                .toList();
        if (shapes.isEmpty()) {
            throw new UserException(
                    "--lengths: there are no lengths to write. Name a --model, whose tokenizer tells them.");
        }
        BenchLengths.of(shapes).write(file);
    }
}
