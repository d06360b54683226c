package dev.tandem.cli;

import dev.tandem.UserException;
import dev.tandem.experiment.theory.TheoryResult;
import dev.tandem.experiment.theory.TheoryResult.MethodGaps;
import java.nio.file.Path;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws the gap of every method, the one its theorem bounds, against the number of steps. Both axes are logarithmic, so
 * that a power law is a straight line; a broken line falls like 1/√T.
 */
public final class TheoryChart {
    /** Room above and below the curves, as a factor. */
    private static final double MARGIN = 1.5;

    private TheoryChart() {}

    /**
     * Draws {@code result} to the PNG file {@code target}.
     *
     * @throws UserException if this Java cannot draw (no fonts, no graphics library), or the file cannot be written
     */
    public static void write(Path target, TheoryResult result) {
        Picture.write(target, () -> chart(result));
    }

    private static XYChart chart(TheoryResult result) {
        var chart = new XYChartBuilder()
                .width(LossSpaceChart.WIDTH)
                .height(LossSpaceChart.HEIGHT)
                .title("Distance from the best trade-off")
                .xAxisTitle("steps T")
                .yAxisTitle("← better      mean gap, nats")
                .build();
        Picture.style(chart.getStyler());
        chart.getStyler().setMarkerSize(12);
        axes(chart, result);
        var steps = result.grid().stream().mapToDouble(Integer::doubleValue).toArray();
        for (var i = 0; i < result.methods().size(); i++) {
            curve(chart, result.methods().get(i), steps, i);
        }
        guide(chart, result, steps);
        return chart;
    }

    private static void axes(XYChart chart, TheoryResult result) {
        var gaps = result.methods().stream()
                .flatMap(m -> m.boundedGap().mean().stream())
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

    private static void curve(XYChart chart, MethodGaps method, double[] steps, int index) {
        var gaps = method.boundedGap().mean().stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
        chart.addSeries(method.method() + (method.bounded().equals("max") ? " (F_max)" : " (f_Mix)"), steps, gaps)
                .setMarker(EndMarker.forMethod(index))
                .setMarkerColor(LossSpaceChart.colour(index))
                .setLineColor(LossSpaceChart.colour(index))
                .setLineStyle(SeriesLines.SOLID)
                .setLineWidth(2.6f);
    }

    /** Through the first gap of the smallest curve, so that what falls faster ends below it. */
    private static void guide(XYChart chart, TheoryResult result, double[] steps) {
        var first = result.methods().stream()
                .mapToDouble(m -> m.boundedGap().mean().get(0))
                .min()
                .orElseThrow();
        var line = new double[steps.length];
        for (var i = 0; i < line.length; i++) {
            line[i] = first * Math.sqrt(steps[0] / steps[i]);
        }
        chart.addSeries("1/√T", steps, line)
                .setMarker(SeriesMarkers.NONE)
                .setLineColor(Picture.GUIDE)
                .setLineStyle(SeriesLines.DASH_DASH)
                .setLineWidth(2f);
    }
}
