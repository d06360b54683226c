package dev.tandem.cli.chart;

import dev.tandem.UserException;
import dev.tandem.experiment.theory.TheoryResult;
import dev.tandem.experiment.theory.TheoryResult.MethodGaps;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws, for every method, the gap that its theorem bounds against the number of steps. Both axes are logarithmic, so
 * that a power law is a straight line; a dashed line falls like 1/√T.
 */
public final class TheoryChart {
    /** Margin above and below the curves, as a factor. */
    private static final double MARGIN = 1.5;

    private TheoryChart() {}

    /**
     * The gap of a method.
     *
     * @param steps numbers of steps, above 0
     * @param gaps the gap after each, above 0
     */
    public record Curve(String label, List<Double> steps, List<Double> gaps) {
        public Curve {
            steps = List.copyOf(steps);
            gaps = List.copyOf(gaps);
        }
    }

    /**
     * Draws {@code result} to the PNG file {@code target}.
     *
     * @throws UserException if this Java cannot draw (no fonts, no graphics library), or the file cannot be written
     */
    public static void write(Path target, TheoryResult result) {
        var steps = result.grid().stream().map(Integer::doubleValue).toList();
        var curves = result.methods().stream()
                .map(m -> new Curve(label(m), steps, m.boundedGap().mean()))
                .toList();
        ChartFiles.write(target, () -> of(curves));
    }

    private static String label(MethodGaps method) {
        return method.method() + (method.bounded().equals("max") ? " (F_max)" : " (f_Mix)");
    }

    /** The chart of some curves, at least one. */
    public static XYChart of(List<Curve> curves) {
        var chart = new XYChartBuilder()
                .width(LossSpaceChart.WIDTH)
                .height(LossSpaceChart.HEIGHT)
                .title("Distance from the best trade-off")
                .xAxisTitle("steps T")
                .yAxisTitle("← better      mean gap, nats")
                .build();
        ChartFiles.style(chart.getStyler());
        chart.getStyler().setMarkerSize(12);
        axes(chart, curves);
        for (var i = 0; i < curves.size(); i++) {
            add(chart, curves.get(i), i);
        }
        guide(chart, curves);
        return chart;
    }

    private static void axes(XYChart chart, List<Curve> curves) {
        var gaps = curves.stream()
                .flatMap(curve -> curve.gaps().stream())
                .mapToDouble(Double::doubleValue)
                .summaryStatistics();
        chart.getStyler()
                .setXAxisLogarithmic(true)
                .setYAxisLogarithmic(true)
                .setYAxisMin(gaps.getMin() / MARGIN)
                .setYAxisMax(gaps.getMax() * MARGIN)
                .setXAxisDecimalPattern("0")
                .setYAxisDecimalPattern("0.########")
                .setPlotContentSize(0.97)
                .setLegendPosition(LegendPosition.OutsideE);
    }

    private static void add(XYChart chart, Curve curve, int index) {
        chart.addSeries(curve.label(), curve.steps(), curve.gaps())
                .setMarker(EndMarker.forMethod(index))
                .setMarkerColor(LossSpaceChart.colour(index))
                .setLineColor(LossSpaceChart.colour(index))
                .setLineStyle(LossSpaceChart.line(index))
                .setLineWidth(2.6f);
    }

    /** The line passes through the first gap of the smallest curve, so that a curve that falls faster ends below it. */
    private static void guide(XYChart chart, List<Curve> curves) {
        var lowest = curves.stream()
                .min(Comparator.comparingDouble(curve -> curve.gaps().get(0)))
                .orElseThrow();
        var start = lowest.steps().get(0);
        var gaps = lowest.steps().stream()
                .map(t -> lowest.gaps().get(0) * Math.sqrt(start / t))
                .toList();
        chart.addSeries("1/√T", lowest.steps(), gaps)
                .setMarker(SeriesMarkers.NONE)
                .setLineColor(ChartFiles.GUIDE)
                .setLineStyle(SeriesLines.DASH_DASH)
                .setLineWidth(2f);
    }
}
