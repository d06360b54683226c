package dev.tandem.cli;

import dev.tandem.UserException;
import dev.tandem.data.DataCheck;
import dev.tandem.data.TextTokenizer;
import dev.tandem.model.ModelConfigReader;
import dev.tandem.recipe.RowFormat;
import dev.tandem.train.bench.BenchLengths;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tandem data check}: what is in the data, what will be dropped or cut, and why. */
@Command(
        name = "check",
        description = "Tells what is in data files, what will be dropped or cut, and why.",
        footer = {
            "",
            "With --model rows are tokenised as in training. Without, they are read and counted.",
            "Exit code 2 if a file or row would stop a run."
        })
final class DataCheckCommand implements Callable<Integer> {
    /** Without a model any id will do. */
    private static final int ANY_ID = Integer.MAX_VALUE;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private RowOptions rowOptions = new RowOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Data files.")
    private List<Path> files = List.of();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = RowFormatConverter.class,
            description = "Row format (default: guessed from the columns).")
    private @Nullable RowFormat format;

    @Option(names = "--model", paramLabel = "DIR", description = "Model directory, for its tokenizer.")
    private @Nullable Path model;

    @Option(
            names = "--lengths",
            paramLabel = "FILE",
            description =
                    "Write the rows' lengths to this file, for 'tandem bench --lengths'. Needs --model, or token rows.")
    private Optional<Path> lengths = Optional.empty();

    private final List<List<Integer>> shapes = new ArrayList<>();

    @Override
    public Integer call() {
        if (model == null) {
            return check(Optional.empty(), ANY_ID);
        }
        var vocabSize = ModelConfigReader.read(model).vocabSize();
        try (var tokenizer = TextTokenizer.load(model)) {
            return check(Optional.of(tokenizer), vocabSize);
        }
    }

    private int check(Optional<TextTokenizer> tokenizer, int vocabSize) {
        var options = new DataCheck.Options(
                Optional.ofNullable(format),
                rowOptions.template(),
                rowOptions.columns(),
                rowOptions.maxLength(),
                rowOptions.overlong(),
                tokenizer,
                vocabSize);
        var broken = 0;
        for (var file : files) {
            broken += check(file, options) ? 0 : 1;
        }
        lengths.ifPresent(this::write);
        return broken == 0 ? 0 : 2;
    }

    private void write(Path file) {
        if (shapes.isEmpty()) {
            throw new UserException(
                    "--lengths: there are no lengths to write. Name a --model, whose tokenizer tells them.");
        }
        BenchLengths.of(shapes).write(file);
    }

    private boolean check(Path file, DataCheck.Options options) {
        var out = commandLineOut();
        try {
            var result = DataCheck.of(file, options);
            shapes.addAll(result.shapes());
            new DataCheckText(result).lines().forEach(line -> out.println(Printable.of(line)));
            out.flush();
            return result.errors().isEmpty();
        } catch (UserException e) {
            out.println(Printable.of(file + ": cannot be used\n  " + e.getMessage()));
            out.flush();
            if (common.verbose()) {
                e.printStackTrace(out);
            }
            return false;
        }
    }

    private PrintWriter commandLineOut() {
        return java.util.Objects.requireNonNull(spec).commandLine().getOut();
    }
}
