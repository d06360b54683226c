package dev.tandem.cli;

import dev.tandem.experiment.Demo;
import dev.tandem.experiment.DemoResult;
import dev.tandem.experiment.DemoSettings;
import dev.tandem.experiment.RunOutcome;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem demo}: all methods on a small world made for the purpose. */
@Command(
        name = "demo",
        description = "Makes a small world, pre-trains a tiny model on it and trains it by all methods.")
final class DemoCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "tandem-demo",
            description = "Where to make it (default: ${DEFAULT-VALUE}).")
    private Path output = Path.of("tandem-demo");

    @Override
    public Integer call() {
        var out = commandLineOut();
        try (var signal = StopSignal.listen();
                var console = ConsoleListener.of(out, common.quiet(), 0)) {
            var result = new Demo(output, DemoSettings.defaults(), console, signal::requested).run();
            console.close();
            var picture = output.resolve("loss-space.png");
            draw(picture, result);
            DemoReport.lines(result).forEach(line -> out.println(Printable.of(line)));
            out.println("Picture: " + picture + "   runs: " + output.resolve("runs"));
            out.flush();
        }
        return 0;
    }

    private static void draw(Path picture, DemoResult result) {
        // what trains one objective alone ends far outside: its own loss is the ideal point's
        var shown = result.outcomes().stream()
                .filter(o -> !o.name().startsWith("optimum-"))
                .toList();
        var trajectories = IntStream.range(0, shown.size())
                .mapToObj(look -> trajectory(shown.get(look), look))
                .toList();
        LossSpaceChart.write(
                picture,
                "Methods in loss space",
                trajectories,
                new LossSpaceChart.Ideal(result.sftOptimum(), result.preferenceOptimum()));
    }

    private static LossSpaceChart.Trajectory trajectory(RunOutcome outcome, int look) {
        var points = outcome.path().stream()
                .map(p -> new LossSpaceChart.Point(p.step(), p.sftLoss(), p.preferenceLoss()))
                .toList();
        return new LossSpaceChart.Trajectory(outcome.name(), points, look);
    }

    private PrintWriter commandLineOut() {
        return java.util.Objects.requireNonNull(spec).commandLine().getOut();
    }
}
