package dev.tandem.cli.report;

import dev.tandem.cli.chart.ChartFiles;
import dev.tandem.cli.chart.LossSpaceChart;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.knowm.xchart.internal.chartpart.IChart;

/** The figures for papers, each as PNG and SVG. A figure without numbers is omitted. */
final class Figures {
    private final Results results;
    private final Map<String, RunSeries> curves;
    private final List<TheoryCurves> theory;

    Figures(Results results, Map<String, RunSeries> curves, List<TheoryCurves> theory) {
        this.results = results;
        this.curves = curves;
        this.theory = theory;
    }

    void write(Path folder) {
        lossSpace(folder);
        var charts = new FigureCharts(results, curves);
        if (!results.middleGroups().isEmpty()) {
            both(folder, "gaps", charts::gaps);
        }
        if (results.middleRuns().stream().anyMatch(run -> !evaluations(run).isEmpty())) {
            both(folder, "losses", charts::losses);
        }
        results.middleRuns().stream()
                .map(run -> curves.getOrDefault(run.name(), RunSeries.NONE).choices())
                .filter(choices -> !choices.isEmpty())
                .findFirst()
                .ifPresent(choices -> both(folder, "choices", () -> charts.choices(choices)));
        if (!theory.isEmpty()) {
            both(folder, "theory", () -> charts.theory(theory));
        }
    }

    private static void both(Path folder, String name, Callable<IChart> chart) {
        ChartFiles.write(folder.resolve(name + ".png"), chart);
        ChartFiles.write(folder.resolve(name + ".svg"), chart);
    }

    private void lossSpace(Path folder) {
        var trajectories = results.middleRuns().stream().map(this::trajectory).toList();
        if (trajectories.stream().allMatch(Figures::isEmpty)) {
            return;
        }
        var objectives = results.objectives();
        var axes = new LossSpaceChart.Axes(
                MethodStyle.objective(objectives.get(0)) + " loss", MethodStyle.objective(objectives.get(1)) + " loss");
        var ideal = new LossSpaceChart.Ideal(results.optimum(0), results.optimum(1));
        for (var type : List.of("png", "svg")) {
            LossSpaceChart.write(
                    folder.resolve("loss-space." + type), "Methods in loss space", trajectories, ideal, axes);
        }
    }

    private static boolean isEmpty(LossSpaceChart.Trajectory trajectory) {
        return trajectory.points().stream()
                .noneMatch(p -> Double.isFinite(p.sftLoss()) && Double.isFinite(p.preferenceLoss()));
    }

    private LossSpaceChart.Trajectory trajectory(Results.Run run) {
        var rows = evaluations(run);
        var points = IntStream.range(0, rows.size())
                .mapToObj(i -> new LossSpaceChart.Point((int) rows.get(i)[0], rows.get(i)[2], rows.get(i)[3]))
                .toList();
        var look = MethodStyle.of(run.method(), results);
        return new LossSpaceChart.Trajectory(look.label(), points, look.index());
    }

    private List<double[]> evaluations(Results.Run run) {
        return curves.getOrDefault(run.name(), RunSeries.NONE).evaluations();
    }
}
