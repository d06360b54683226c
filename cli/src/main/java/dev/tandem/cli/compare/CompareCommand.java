package dev.tandem.cli.compare;

import dev.tandem.UserException;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.cli.options.HubPaths;
import dev.tandem.cli.options.RecipeOptions;
import dev.tandem.cli.process.StopSignal;
import dev.tandem.recipe.ComparisonRecipe;
import dev.tandem.recipe.RecipeReader;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem compare}: references, optima, methods × λ × seeds, and the report. */
@Command(
        name = "compare",
        description = "Trains by every method and every lambda of a recipe and compares the results.",
        footer = {
            "",
            "After a stop or a kill at any point, the same command continues where it was: runs that are done are"
                    + " not repeated, the current one continues from its checkpoint. See docs/compare.md."
        })
public final class CompareCommand implements Callable<Integer> {
    private static final int USER_MISTAKE = 2;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private RecipeOptions recipeOptions = new RecipeOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--dry-run",
            description = "Print the plan and an estimate of its time, and train only a few steps.")
    private boolean dryRun;

    @Option(
            names = "--only",
            paramLabel = "RUN",
            split = ",",
            description =
                    "Only these methods or runs, as in --only mix,maxright-0.5-*; what they need comes with them.")
    private List<String> only = List.of();

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "1",
            description = "Runs at the same time, sharing the cores (default: ${DEFAULT-VALUE}). With more than one,"
                    + " memory is not measured.")
    private int jobs = 1;

    @Override
    public Integer call() {
        if (jobs < 1) {
            throw new UserException("--jobs " + jobs + ": at least 1 is expected.");
        }
        var recipe = RecipeReader.readComparison(recipeOptions.file(), recipeOptions.overrides())
                .mapPaths(new HubPaths(commandLine().getOut(), common.quiet())::local);
        return StopSignal.during(
                commandLine(), signal -> compare(recipe, signal, commandLine().getOut()));
    }

    private int compare(ComparisonRecipe recipe, StopSignal signal, PrintWriter out) {
        try (var console = CompareConsole.of(out, common.quiet())) {
            var flow = new CompareFlow(recipe, jobs, only, console, signal::requested);
            flow.printPlan();
            if (dryRun) {
                return 0;
            }
            flow.run(out);
            return console.failures() == 0 ? 0 : USER_MISTAKE;
        }
    }

    private CommandLine commandLine() {
        return java.util.Objects.requireNonNull(spec).commandLine();
    }
}
