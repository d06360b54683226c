package dev.tandem.cli.eval;

import dev.tandem.UserException;
import dev.tandem.cli.console.ConsoleListener;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.cli.options.HubPaths;
import dev.tandem.eval.score.LossEvaluation;
import dev.tandem.io.AtomicFiles;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.text.SafeText;
import dev.tandem.train.folder.TrainedModel;
import java.io.PrintWriter;
import java.nio.file.Path;
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
import tools.jackson.databind.json.JsonMapper;

/** {@code tandem eval loss}: a model on a recipe's evaluation sets. */
@Command(name = "loss", description = "Losses, accuracy and margins of a model on the evaluation sets of a recipe.")
final class EvalLossCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "RECIPE.yaml",
            description = "Whose evaluation sets (default: those of the run).")
    private @Nullable Path recipeFile;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides a key of the recipe. Repeatable.")
    private List<String> overrides = List.of();

    @Option(names = "--run", paramLabel = "DIR", description = "Measure the final model of a run.")
    private @Nullable Path run;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Measure this model (default: the one the recipe starts from).")
    private @Nullable Path model;

    @Option(names = "--adapter", paramLabel = "DIR", description = "Measure with this adapter over the model.")
    private @Nullable Path adapter;

    @Option(names = "--out", paramLabel = "FILE.json", description = "Where to write the result.")
    private @Nullable Path out;

    @Option(
            names = "--examples",
            paramLabel = "FILE.jsonl",
            description = "Where to write a line for every example: its row, log-probs, loss and margin.")
    private @Nullable Path examples;

    @Override
    public Integer call() {
        check();
        var paths = new HubPaths(out(), common.quiet());
        var recipe = recipe().mapPaths(paths::local);
        var measured = measured(recipe, paths);
        try (var console =
                ConsoleListener.of(out(), common.quiet(), recipe.train().steps())) {
            var result = new LossEvaluation(recipe, measured, console).run(examples != null);
            console.close();
            Optional.ofNullable(out)
                    .ifPresent(file -> AtomicFiles.write(
                            file,
                            JsonMapper.shared()
                                            .writerWithDefaultPrettyPrinter()
                                            .writeValueAsString(LossText.json(measured, result))
                                    + "\n"));
            Optional.ofNullable(examples)
                    .ifPresent(file -> AtomicFiles.write(
                            file,
                            writer -> result.examples().forEach(example -> writer.println(LossText.line(example)))));
            LossText.table(result).forEach(line -> out().println(SafeText.lines(line)));
            out().flush();
        }
        return 0;
    }

    private void check() {
        if (recipeFile == null && run == null) {
            throw new UserException("Give a RECIPE.yaml, whose evaluation sets are measured on, or --run DIR.");
        }
        if (run != null && (model != null || adapter != null)) {
            throw new UserException(
                    "--run names a trained model; --model and --adapter name another. Give one of them.");
        }
    }

    private Recipe recipe() {
        var file = recipeFile != null ? recipeFile : Objects.requireNonNull(run).resolve("recipe.yaml");
        return RecipeReader.read(file, overrides);
    }

    private TrainedModel measured(Recipe recipe, HubPaths paths) {
        if (run != null) {
            return TrainedModel.of(run);
        }
        if (model == null && adapter == null) {
            return TrainedModel.start(recipe);
        }
        return new TrainedModel(
                model == null ? recipe.model() : paths.local(model),
                Optional.ofNullable(adapter).map(paths::local));
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }
}
