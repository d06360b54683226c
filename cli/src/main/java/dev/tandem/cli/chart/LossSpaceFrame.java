package dev.tandem.cli.chart;

import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendPosition;

/**
 * The part of loss space that a chart shows, and the corner of its legend: one that no path crosses or, if there is
 * none, space added above everything.
 */
record LossSpaceFrame(double left, double right, double bottom, double top, LegendPosition legend) {
    /** Empty share of an axis on either side of what is drawn. */
    private static final double MARGIN = 0.06;

    /** Number of points between two evaluations at which a path is tested for the legend. */
    private static final int SAMPLES_PER_LEG = 16;

    /**
     * @param legendWidth width of the legend, as a share of the plot's
     * @param legendHeight height of the legend, as a share of the plot's
     */
    static LossSpaceFrame around(
            List<LossSpaceChart.Trajectory> trajectories,
            LossSpaceChart.Ideal ideal,
            double legendWidth,
            double legendHeight) {
        var drawn = samples(trajectories);
        drawn.add(new LossSpaceChart.Point(0, ideal.sftOptimum(), ideal.preferenceOptimum()));
        var across = drawn.stream().mapToDouble(LossSpaceChart.Point::sftLoss).summaryStatistics();
        var up =
                drawn.stream().mapToDouble(LossSpaceChart.Point::preferenceLoss).summaryStatistics();
        var marginAcross = margin(across.getMin(), across.getMax());
        var marginUp = margin(up.getMin(), up.getMax());
        var frame = new LossSpaceFrame(
                across.getMin() - marginAcross,
                across.getMax() + marginAcross,
                up.getMin() - marginUp,
                up.getMax() + marginUp,
                LegendPosition.InsideNE);
        return frame.withLegendClearOf(drawn, legendWidth, legendHeight);
    }

    /** Makes {@code chart} show this frame. */
    void applyTo(XYChart chart) {
        chart.getStyler()
                .setXAxisMin(left)
                .setXAxisMax(right)
                .setYAxisMin(bottom)
                .setYAxisMax(top);
        chart.getStyler().setLegendPosition(legend);
    }

    private LossSpaceFrame withLegendClearOf(List<LossSpaceChart.Point> drawn, double width, double height) {
        // never the south-west, where the ideal point is
        for (var corner : List.of(LegendPosition.InsideNE, LegendPosition.InsideNW, LegendPosition.InsideSE)) {
            var east = corner != LegendPosition.InsideNW;
            var north = corner != LegendPosition.InsideSE;
            if (drawn.stream().noneMatch(point -> isIn(east, north, point, width, height))) {
                return new LossSpaceFrame(left, right, bottom, top, corner);
            }
        }
        return new LossSpaceFrame(left, right, bottom, bottom + (top - bottom) / (1 - height), LegendPosition.InsideNE);
    }

    private boolean isIn(boolean east, boolean north, LossSpaceChart.Point point, double width, double height) {
        var x = (point.sftLoss() - left) / (right - left);
        var y = (point.preferenceLoss() - bottom) / (top - bottom);
        return (east ? x > 1 - width : x < width) && (north ? y > 1 - height : y < height);
    }

    private static List<LossSpaceChart.Point> samples(List<LossSpaceChart.Trajectory> trajectories) {
        var samples = new ArrayList<LossSpaceChart.Point>();
        for (var trajectory : trajectories) {
            var points = trajectory.points();
            samples.add(points.get(0));
            for (var i = 1; i < points.size(); i++) {
                for (var s = 1; s <= SAMPLES_PER_LEG; s++) {
                    samples.add(between(points.get(i - 1), points.get(i), (double) s / SAMPLES_PER_LEG));
                }
            }
        }
        return samples;
    }

    private static LossSpaceChart.Point between(LossSpaceChart.Point a, LossSpaceChart.Point b, double share) {
        return new LossSpaceChart.Point(
                b.step(),
                a.sftLoss() + share * (b.sftLoss() - a.sftLoss()),
                a.preferenceLoss() + share * (b.preferenceLoss() - a.preferenceLoss()));
    }

    private static double margin(double min, double max) {
        var extent = max - min;
        return extent > 0 ? extent * MARGIN : Math.max(Math.abs(max), 1) * MARGIN;
    }
}
