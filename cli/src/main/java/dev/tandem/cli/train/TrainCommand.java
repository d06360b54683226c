package dev.tandem.cli.train;

import dev.tandem.cli.console.ConsoleListener;
import dev.tandem.cli.options.AdaptedModel;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.cli.options.HubPaths;
import dev.tandem.cli.options.RecipeOptions;
import dev.tandem.cli.process.StopSignal;
import dev.tandem.cli.process.ThreadAllocation;
import dev.tandem.distributed.Collective;
import dev.tandem.distributed.RankEnvironment;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.run.TrainingRun;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem train}: one run of a recipe. */
@Command(
        name = "train",
        description = "Trains a model by a recipe.",
        footer = {
            "",
            "Ctrl-C stops after the current step and writes a checkpoint; --resume continues from it. A second one"
                    + " stops immediately, and --resume continues from the previous checkpoint."
        })
public final class TrainCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private RecipeOptions recipeOptions = new RecipeOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--resume", description = "Resume from the newest checkpoint of the recipe's output folder.")
    private boolean resume;

    @Option(
            names = "--auto-resume",
            description = "Resume from the newest checkpoint if there is one; otherwise start, overwriting an attempt"
                    + " that left none. For commands that are repeated when they fail.")
    private boolean autoResume;

    @Override
    public Integer call() {
        var environment = RankEnvironment.of(System.getenv());
        var recipe = AdaptedModel.resolved(
                ThreadAllocation.read(recipeOptions.file(), recipeOptions.overrides(), System.getenv()),
                new HubPaths(commandLine().getOut(), common.quiet()));
        return StopSignal.during(commandLine(), signal -> {
            try (var ranks = environment
                    .map(rank -> Collective.join(rank, recipe.train().device()))
                    .orElseGet(Collective::single)) {
                return train(recipe, ranks, signal, commandLine().getOut());
            }
        });
    }

    private int train(Recipe recipe, Collective ranks, StopSignal signal, PrintWriter out) {
        try (var console = ConsoleListener.ofRanks(
                out, common.quiet() || !ranks.isRankZero(), recipe.train().steps(), ranks.size())) {
            var result = new TrainingRun(recipe, goesOn(recipe, ranks))
                    .withRanks(ranks)
                    .train(console, signal::requested);
            console.close();
            if (ranks.isRankZero()) {
                summary(recipe, result).forEach(line -> out.println(line));
            }
            out.flush();
            return result.reason() == TrainingResult.Reason.INTERRUPTED ? signal.exitCode() : 0;
        }
    }

    /** No checkpoint can appear between the ranks' answers, because writing one needs all ranks. */
    private boolean goesOn(Recipe recipe, Collective ranks) {
        var directory = new RunDirectory(recipe.output());
        if (resume || !autoResume) {
            return resume;
        }
        if (!directory.hasCheckpoint()) {
            if (ranks.isRankZero()) {
                directory.forgetAttempt();
            }
            return false;
        }
        return true;
    }

    private List<String> summary(Recipe recipe, TrainingResult result) {
        var directory = new RunDirectory(recipe.output());
        var lines = new java.util.ArrayList<>(RunSummary.lines(recipe, result));
        lines.add(
                result.reason() == TrainingResult.Reason.INTERRUPTED
                        ? "Stopped after step " + result.steps() + ". Continue with: tandem train "
                                + recipeOptions.asArguments() + " --resume"
                        : (recipe.lora().isPresent() ? "Adapter: " : "Model: ") + directory.finalModel());
        if (Files.exists(directory.metrics())) {
            lines.add("Metrics: " + directory.metrics());
        }
        return lines;
    }

    private CommandLine commandLine() {
        return java.util.Objects.requireNonNull(spec).commandLine();
    }
}
