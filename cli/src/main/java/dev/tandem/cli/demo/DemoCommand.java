package dev.tandem.cli.demo;

import dev.tandem.cli.compare.CompareConsole;
import dev.tandem.cli.compare.CompareFlow;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.cli.process.StopSignal;
import dev.tandem.experiment.demo.Demo;
import dev.tandem.experiment.demo.DemoSettings;
import dev.tandem.experiment.theory.Theory;
import dev.tandem.experiment.theory.TheorySettings;
import dev.tandem.io.AtomicFiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem demo}: a small comparison on a generated world. */
@Command(
        name = "demo",
        description = "Makes a small world, pre-trains a tiny model on it and trains it by all methods.")
public final class DemoCommand implements Callable<Integer> {
    private static final int MAX_JOBS = 4;
    private static final double THEORY_LAMBDA = 0.5;
    private static final int THEORY_SEEDS = 10;
    private static final int THEORY_EVERY = 10;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "tandem-demo",
            description = "Folder of the demo (default: ${DEFAULT-VALUE}).")
    private Path output = Path.of("tandem-demo");

    @Override
    public Integer call() {
        return StopSignal.during(
                commandLine(), signal -> demo(signal, commandLine().getOut()));
    }

    private int demo(StopSignal signal, PrintWriter out) {
        try (var console = CompareConsole.of(out, common.quiet())) {
            var recipe = new Demo(output, DemoSettings.defaults(), console, signal::requested).prepare();
            // a model this small cannot keep several cores busy
            var jobs = Math.min(MAX_JOBS, Runtime.getRuntime().availableProcessors());
            var flow = new CompareFlow(recipe, jobs, List.of(), console, signal::requested);
            flow.printPlan();
            console.onMessage("Running the methods on a convex problem whose best trade-offs are known");
            var theory = new Theory(TheorySettings.of(THEORY_LAMBDA, THEORY_SEEDS, THEORY_EVERY)).run();
            AtomicFiles.write(recipe.base().output().resolve("theory.json"), theory.toJson());
            flow.run(out);
        }
        return 0;
    }

    private CommandLine commandLine() {
        return java.util.Objects.requireNonNull(spec).commandLine();
    }
}
