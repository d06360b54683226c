package dev.tandem.cli.theory;

import dev.tandem.cli.chart.TheoryChart;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.experiment.theory.Theory;
import dev.tandem.experiment.theory.TheorySettings;
import dev.tandem.io.AtomicFiles;
import dev.tandem.text.SafeText;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem theory}: the paper's claims on a convex problem whose best trade-offs are known. */
@Command(
        name = "theory",
        description = "Runs all methods on a convex problem and measures how fast they approach the best trade-off.",
        footer = {"", "Needs no model and no data, and takes a few seconds. See docs/theory.md."})
public final class TheoryCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--lambda",
            paramLabel = "L",
            defaultValue = "0.5",
            description = "Weight of the preferences, above 0 and below 1 (default: ${DEFAULT-VALUE}).")
    private double lambda = 0.5;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "10",
            description = "Runs of every method and number of steps, 2 to 1000 (default: ${DEFAULT-VALUE}).")
    private int seeds = 10;

    @Option(
            names = {"--probe-every", "--evaluate-every"},
            paramLabel = "K",
            defaultValue = "10",
            description = "Steps between MAXRIGHT's evaluations of both objectives (default: ${DEFAULT-VALUE}).")
    private int probeEvery = 10;

    @Option(
            names = "--batch-size",
            paramLabel = "B",
            defaultValue = "8",
            description = "Examples in a step's batch, 1 to 1000 (default: ${DEFAULT-VALUE}).")
    private int batchSize = 8;

    @Option(names = "--output", paramLabel = "DIR", description = "Write theory.json and theory.png to this folder.")
    private Optional<Path> output = Optional.empty();

    @Override
    public Integer call() {
        var out = Objects.requireNonNull(spec).commandLine().getOut();
        var settings = TheorySettings.of(lambda, seeds, probeEvery).withBatchSize(batchSize);
        if (!common.quiet()) {
            out.println("Running every method " + seeds + " times on a convex problem, up to "
                    + settings.grid().get(settings.grid().size() - 1) + " steps");
            out.flush();
        }
        var result = new Theory(settings).run();
        TheoryText.lines(result).forEach(out::println);
        output.ifPresent(folder -> {
            AtomicFiles.write(folder.resolve("theory.json"), result.toJson());
            TheoryChart.write(folder.resolve("theory.png"), result);
            out.println(SafeText.lines(
                    "Numbers: " + folder.resolve("theory.json") + "   picture: " + folder.resolve("theory.png")));
        });
        out.flush();
        return 0;
    }
}
