package dev.tandem.cli.chart;

import dev.tandem.UserException;
import java.awt.BasicStroke;
import java.awt.Color;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.lines.SeriesLines;

/**
 * Draws the path of each method through loss space: the SFT loss on the x axis, the preference loss on the y axis, both
 * on held-out data. The ideal point is what each objective reaches alone; a single run may never get there.
 */
public final class LossSpaceChart {
    /** Width of the picture, pixels. */
    public static final int WIDTH = 1200;

    /** Height of the picture, pixels. */
    public static final int HEIGHT = 900;

    /** Colours of Okabe and Ito, distinguishable with every common form of colour blindness. */
    private static final List<Color> COLOURS = List.of(
            new Color(0x0072B2),
            new Color(0xD55E00),
            new Color(0x009E73),
            new Color(0xCC79A7),
            new Color(0xE69F00),
            new Color(0x56B4E9));

    private static final Color INK = new Color(0x222222);
    private static final Color GUIDE = new Color(0x8A8A8A);

    private LossSpaceChart() {}

    /**
     *
     * An evaluation during training.
     *
     * @param step optimizer steps taken
     * @param sftLoss f_SFT on the evaluation set, nats per token
     * @param preferenceLoss f_DPO on the evaluation set
     */
    public record Point(int step, double sftLoss, double preferenceLoss) {
        boolean isFinite() {
            return Double.isFinite(sftLoss) && Double.isFinite(preferenceLoss);
        }

        double distanceTo(Ideal ideal) {
            return Math.hypot(sftLoss - ideal.sftOptimum(), preferenceLoss - ideal.preferenceOptimum());
        }
    }

    /**
     *
     * The path of one method.
     *
     * @param method its name, as the legend shows it
     * @param points its evaluations in the order of steps; values that are not finite are omitted
     * @param look index of its colour and figure, from 0
     */
    public record Trajectory(String method, List<Point> points, int look) {
        public Trajectory {
            points = List.copyOf(points);
        }

        private Trajectory drawable() {
            return new Trajectory(
                    method, points.stream().filter(Point::isFinite).toList(), look);
        }

        private Point last() {
            return points.get(points.size() - 1);
        }
    }

    /** The ideal point, which each objective reaches alone: f*_SFT and f*_DPO. */
    public record Ideal(double sftOptimum, double preferenceOptimum) {}

    /** The titles of the axes, such as "SFT loss". */
    public record Axes(String across, String up) {}

    /**
     * Draws {@code trajectories}, whose axes are the SFT and the DPO loss, to {@code target}.
     *
     * @see #write(Path, String, List, Ideal, Axes)
     */
    public static void write(Path target, String title, List<Trajectory> trajectories, Ideal ideal) {
        write(target, title, trajectories, ideal, new Axes("SFT loss", "DPO loss"));
    }

    /**
     * Draws {@code trajectories} to {@code target}: as SVG if its name ends in {@code .svg}, otherwise as PNG.
     *
     * @throws UserException if nothing can be drawn (no finite point), this Java cannot draw (no fonts, no graphics
     *     library), or the file cannot be written
     */
    public static void write(Path target, String title, List<Trajectory> trajectories, Ideal ideal, Axes axes) {
        var drawable = trajectories.stream()
                .map(Trajectory::drawable)
                .filter(trajectory -> !trajectory.points().isEmpty())
                .toList();
        if (drawable.isEmpty()) {
            throw new UserException("cannot draw " + target
                    + ": no run has an evaluation with finite losses; evaluate both objectives at least once");
        }
        ChartFiles.write(target, () -> chart(title, drawable, ideal, axes));
    }

    private static XYChart chart(String title, List<Trajectory> trajectories, Ideal ideal, Axes axes) {
        var chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle("← better      " + axes.across() + " on held-out data")
                .yAxisTitle("← better      " + axes.up() + " on held-out data")
                .build();
        style(chart);
        frame(trajectories, ideal).applyTo(chart);
        guides(chart, ideal);
        for (var i = 0; i < trajectories.size(); i++) {
            way(chart, trajectories.get(i), i);
        }
        starts(chart, trajectories);
        for (var i = 0; i < trajectories.size(); i++) {
            end(chart, trajectories.get(i), i, ideal);
        }
        chart.addSeries("Ideal point", new double[] {ideal.sftOptimum()}, new double[] {ideal.preferenceOptimum()})
                .setMarker(EndMarker.ideal())
                .setMarkerColor(INK)
                .setLineStyle(SeriesLines.NONE);
        return chart;
    }

    private static void style(XYChart chart) {
        ChartFiles.style(chart.getStyler());
        chart.getStyler().setMarkerSize(12);
        chart.getStyler().setAnnotationLineColor(GUIDE);
        chart.getStyler()
                .setAnnotationLineStroke(new BasicStroke(
                        1.3f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10f, new float[] {6f, 6f}, 0f));
    }

    private static LossSpaceFrame frame(List<Trajectory> trajectories, Ideal ideal) {
        // Estimates for the fonts above, in pixels; the plot is the picture without the axes.
        var longest = trajectories.stream()
                .mapToInt(trajectory -> label(trajectory, ideal).length())
                .max()
                .orElse(0);
        var width = (100 + 9.0 * longest) / (WIDTH - 100);
        var height = (40 + 28.0 * (trajectories.size() + 2)) / (HEIGHT - 150);
        return LossSpaceFrame.around(trajectories, ideal, Math.min(width, 0.6), Math.min(height, 0.6));
    }

    private static String label(Trajectory trajectory, Ideal ideal) {
        return String.format(
                Locale.ROOT,
                "%s (%.3f from ideal)",
                trajectory.method(),
                trajectory.last().distanceTo(ideal));
    }

    private static void guides(XYChart chart, Ideal ideal) {
        chart.addAnnotation(new AnnotationLine(ideal.sftOptimum(), true, false));
        chart.addAnnotation(new AnnotationLine(ideal.preferenceOptimum(), false, false));
    }

    private static void way(XYChart chart, Trajectory trajectory, int index) {
        var series = chart.addSeries(
                "way " + index,
                trajectory.points().stream().mapToDouble(Point::sftLoss).toArray(),
                trajectory.points().stream().mapToDouble(Point::preferenceLoss).toArray());
        series.setMarker(EndMarker.dot()).setMarkerColor(colour(trajectory.look()));
        series.setLineColor(colour(trajectory.look()))
                .setLineStyle(line(trajectory.look()))
                .setLineWidth(2.6f);
        series.setShowInLegend(false);
    }

    /** One ring for every distinct start: most comparisons start all runs from one model. */
    private static void starts(XYChart chart, List<Trajectory> trajectories) {
        var starts = trajectories.stream()
                .map(trajectory -> trajectory.points().get(0))
                .map(point -> List.of(point.sftLoss(), point.preferenceLoss()))
                .distinct()
                .toList();
        chart.addSeries(
                        "Start",
                        starts.stream().mapToDouble(start -> start.get(0)).toArray(),
                        starts.stream().mapToDouble(start -> start.get(1)).toArray())
                .setMarker(EndMarker.start())
                .setMarkerColor(INK)
                .setLineStyle(SeriesLines.NONE);
    }

    /** The end of a path. Its legend entry represents both line and end marker. */
    private static void end(XYChart chart, Trajectory trajectory, int index, Ideal ideal) {
        var last = trajectory.last();
        var series =
                chart.addSeries("end " + index, new double[] {last.sftLoss()}, new double[] {last.preferenceLoss()});
        series.setLabel(
                String.format(Locale.ROOT, "%s (%.3f from ideal)", trajectory.method(), last.distanceTo(ideal)));
        series.setMarker(EndMarker.forMethod(trajectory.look())).setMarkerColor(colour(trajectory.look()));
        series.setLineColor(colour(trajectory.look()))
                .setLineStyle(line(trajectory.look()))
                .setLineWidth(2.6f);
    }

    /** The colour of the method with this index, which is the same in every picture. */
    public static Color colour(int look) {
        return COLOURS.get(look % COLOURS.size());
    }

    /** After the sixth method, colours and figures repeat with dashed lines. */
    static BasicStroke line(int look) {
        return look < COLOURS.size() ? SeriesLines.SOLID : SeriesLines.DASH_DASH;
    }
}
