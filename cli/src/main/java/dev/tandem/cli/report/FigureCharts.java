package dev.tandem.cli.report;

import dev.tandem.cli.chart.ChartFiles;
import dev.tandem.cli.chart.LossSpaceChart;
import dev.tandem.cli.chart.TheoryChart;
import java.awt.Color;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.IChart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Charts of numbers and curves. */
final class FigureCharts {
    private static final List<Marker> MARKERS = List.of(
            SeriesMarkers.CIRCLE,
            SeriesMarkers.SQUARE,
            SeriesMarkers.TRIANGLE_UP,
            SeriesMarkers.DIAMOND,
            SeriesMarkers.TRIANGLE_DOWN,
            SeriesMarkers.CROSS);

    private static final Color FIRST = new Color(0x222222);
    private static final Color SECOND = new Color(0x56B4E9);

    private final Results results;
    private final Map<String, RunSeries> curves;

    FigureCharts(Results results, Map<String, RunSeries> curves) {
        this.results = results;
        this.curves = curves;
    }

    /** Bars of the remaining gap to each objective's optimum, and of both together. */
    CategoryChart gaps() {
        var first = results.objectives().get(0);
        var second = results.objectives().get(1);
        var chart = new CategoryChartBuilder()
                .width(1200)
                .height(700)
                .title("Gap to what was possible")
                .yAxisTitle("loss above the optimum  (less is better)")
                .build();
        ChartFiles.style(chart.getStyler());
        chart.getStyler().setAvailableSpaceFill(0.75);
        legendBelow(chart.getStyler());
        var measures = List.of(first + "_gap", second + "_gap", "ideal_distance");
        var names = List.of(
                MethodStyle.objective(first) + " gap", MethodStyle.objective(second) + " gap", "ideal distance");
        for (var group : results.middleGroups()) {
            var look = look(group.method());
            var means = measures.stream().map(m -> orZero(group.mean(m))).toList();
            var deviations =
                    measures.stream().map(m -> orZero(group.deviation(m))).toList();
            // with one seed there is none, and a bar of length 0 would look like a very small one
            var isKnown = deviations.stream().anyMatch(deviation -> deviation > 0);
            var series = isKnown
                    ? chart.addSeries(look.label(), names, means, deviations)
                    : chart.addSeries(look.label(), names, means);
            series.setFillColor(LossSpaceChart.colour(look.index()));
        }
        // XChart leaves space for the bars, not for the deviations above them
        results.middleGroups().stream()
                .flatMap(group -> measures.stream().map(m -> orZero(group.mean(m)) + orZero(group.deviation(m))))
                .max(Double::compare)
                .filter(highest -> highest > 0)
                .ifPresent(highest -> chart.getStyler().setYAxisMax(1.06 * highest));
        return chart;
    }

    private static String capital(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    private static double orZero(double value) {
        return Double.isFinite(value) ? value : 0;
    }

    /** Each objective's loss on evaluation data over the steps, and a line at its optimum. */
    IChart losses() {
        return new ChartRow(IntStream.range(0, 2).mapToObj(this::loss).toList());
    }

    private XYChart loss(int objective) {
        var name = MethodStyle.objective(results.objectives().get(objective));
        var chart = chart(950, capital(name) + " loss on held-out data", "step", "");
        if (results.optima().containsKey(results.objectives().get(objective))) {
            level(chart, lastStep(), results.optimum(objective));
        }
        for (var run : results.middleRuns()) {
            var rows = curves.getOrDefault(run.name(), RunSeries.NONE).evaluations().stream()
                    .filter(row -> Double.isFinite(row[2 + objective]))
                    .toList();
            if (!rows.isEmpty()) {
                var look = look(run.method());
                var series = chart.addSeries(look.label(), column(rows, 0), column(rows, 2 + objective));
                series.setMarker(MARKERS.get(look.index() % MARKERS.size()));
                coloured(series, LossSpaceChart.colour(look.index()));
            }
        }
        return chart;
    }

    private double lastStep() {
        return results.middleRuns().stream()
                .flatMap(run -> curves.getOrDefault(run.name(), RunSeries.NONE).evaluations().stream())
                .mapToDouble(row -> row[0])
                .max()
                .orElse(0);
    }

    /** The weighted gaps that a method's choices are based on, over the steps. */
    XYChart choices(List<double[]> rows) {
        var chart = chart(1200, "What the method chose by", "step", "weighted gap  (the larger is trained)");
        chart.getStyler().setXAxisMin(0.0);
        level(chart, rows.get(rows.size() - 1)[0], 0);
        for (var objective = 0; objective < 2; objective++) {
            var at = 2 + objective;
            var known = rows.stream().filter(row -> Double.isFinite(row[at])).toList();
            if (!known.isEmpty()) {
                var name = MethodStyle.objective(results.objectives().get(objective));
                var series = chart.addSeries(name, column(known, 0), column(known, at));
                series.setMarker(SeriesMarkers.NONE);
                coloured(series, objective == 0 ? FIRST : SECOND);
            }
        }
        return chart;
    }

    /** The gap that theory bounds over steps. */
    XYChart theory(List<TheoryCurves> theory) {
        return TheoryChart.of(theory.stream().map(this::curve).toList());
    }

    private TheoryChart.Curve curve(TheoryCurves method) {
        var label = look(method.method()).label();
        return new TheoryChart.Curve(
                Double.isFinite(method.slope())
                        ? String.format(Locale.ROOT, "%s (slope %.2f)", label, method.slope())
                        : label,
                method.points().stream().map(TheoryCurves.Point::steps).toList(),
                method.points().stream().map(TheoryCurves.Point::gap).toList());
    }

    private static XYChart chart(int width, String title, String across, String up) {
        var chart = new XYChartBuilder()
                .width(width)
                .height(700)
                .title(title)
                .xAxisTitle(across)
                .yAxisTitle(up)
                .build();
        ChartFiles.style(chart.getStyler());
        chart.getStyler().setMarkerSize(9).setPlotContentSize(0.96);
        chart.getStyler().setXAxisDecimalPattern("#,##0");
        legendBelow(chart.getStyler());
        return chart;
    }

    /** Below the plot it never hides a curve. */
    private static void legendBelow(Styler styler) {
        styler.setLegendPosition(LegendPosition.OutsideS).setLegendLayout(LegendLayout.Horizontal);
    }

    /**
     * A thin line at {@code height}, from step 0 to {@code last}. XChart puts a tick at every value of the first series if they are evenly spaced, as
     * steps are, which is too many; for a line of three uneven points it takes round numbers.
     */
    private static void level(XYChart chart, double last, double height) {
        var line = chart.addSeries("line", new double[] {0, last / 3, last}, new double[] {height, height, height});
        line.setMarker(SeriesMarkers.NONE).setShowInLegend(false);
        line.setLineColor(Color.LIGHT_GRAY).setLineWidth(1f).setLineStyle(SeriesLines.SOLID);
    }

    private static void coloured(XYSeries series, Color colour) {
        series.setMarkerColor(colour)
                .setLineColor(colour)
                .setLineStyle(SeriesLines.SOLID)
                .setLineWidth(2.4f);
    }

    private MethodStyle look(String method) {
        return MethodStyle.of(method, results);
    }

    private static double[] column(List<double[]> rows, int index) {
        return rows.stream().mapToDouble(row -> row[index]).toArray();
    }
}
