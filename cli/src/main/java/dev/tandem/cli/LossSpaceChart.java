package dev.tandem.cli;

import dev.tandem.AtomicFiles;
import dev.tandem.UserException;
import java.awt.AWTError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.lines.SeriesLines;

/**
 * Draws the way each method took through loss space: the SFT loss across, the preference loss up, both on held-out
 * data. The best corner is the ideal point, what each objective reaches alone; no single run need ever get there.
 */
public final class LossSpaceChart {
    /** Width of the picture, pixels. */
    public static final int WIDTH = 1200;

    /** Height of the picture, pixels. */
    public static final int HEIGHT = 900;

    private LossSpaceChart() {}

    /**
     * An evaluation on the way.
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
     * The way of one method.
     *
     * @param method its name, as the legend shows it
     * @param points its evaluations in the order of steps; ones that are not finite are left out of the picture
     */
    public record Trajectory(String method, List<Point> points) {
        public Trajectory {
            points = List.copyOf(points);
        }

        private Trajectory drawable() {
            return new Trajectory(
                    method, points.stream().filter(Point::isFinite).toList());
        }

        private Point last() {
            return points.get(points.size() - 1);
        }
    }

    /** What each objective reaches alone: f*_SFT and f*_DPO. */
    public record Ideal(double sftOptimum, double preferenceOptimum) {}

    /**
     * Draws {@code trajectories} to the PNG file {@code target}.
     *
     * @throws UserException if nothing can be drawn (no finite point), this Java cannot draw (no fonts, no graphics
     *     library), or the file cannot be written
     */
    public static void write(Path target, String title, List<Trajectory> trajectories, Ideal ideal) {
        var drawable = trajectories.stream()
                .map(Trajectory::drawable)
                .filter(trajectory -> !trajectory.points().isEmpty())
                .toList();
        if (drawable.isEmpty()) {
            throw new UserException("cannot draw " + target
                    + ": no run has an evaluation with finite losses; evaluate both objectives at least once");
        }
        AtomicFiles.write(target, drawing(target, () -> png(title, drawable, ideal)));
    }

    /** Runs {@code picture}; what AWT throws where it has no fonts or libraries becomes one clear message. */
    static byte[] drawing(Path target, Callable<byte[]> picture) {
        // A chart needs no screen, and a JDK without one fails when it looks for it.
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
        try {
            return picture.call();
        } catch (Exception | LinkageError | InternalError | AWTError e) {
            throw new UserException(
                    "cannot draw " + target + ": this Java installation cannot render text or graphics (" + e
                            + "); install a font package (for example fontconfig and fonts-dejavu) and a JDK with its"
                            + " desktop libraries. All else is unaffected, and the numbers are in the other files",
                    e);
        }
    }

    private static byte[] png(String title, List<Trajectory> trajectories, Ideal ideal) throws IOException {
        var chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle("← better      SFT loss on held-out data")
                .yAxisTitle("← better      DPO loss on held-out data")
                .build();
        ChartStyle.apply(chart);
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
                .setMarkerColor(ChartStyle.INK)
                .setLineStyle(SeriesLines.NONE);
        return BitmapEncoder.getBitmapBytes(chart, BitmapEncoder.BitmapFormat.PNG);
    }

    private static LossSpaceFrame frame(List<Trajectory> trajectories, Ideal ideal) {
        // Estimates for the fonts above, in pixels; the plot is what the axes leave of the picture.
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
        series.setMarker(EndMarker.dot()).setMarkerColor(ChartStyle.colour(index));
        series.setLineColor(ChartStyle.colour(index))
                .setLineStyle(ChartStyle.line(index))
                .setLineWidth(2.6f);
        series.setShowInLegend(false);
    }

    /** One ring for every distinct beginning: most comparisons begin all runs at one model. */
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
                .setMarkerColor(ChartStyle.INK)
                .setLineStyle(SeriesLines.NONE);
    }

    /** The end of a way. Its legend entry stands for the whole: line and end marker together. */
    private static void end(XYChart chart, Trajectory trajectory, int index, Ideal ideal) {
        var last = trajectory.last();
        var series =
                chart.addSeries("end " + index, new double[] {last.sftLoss()}, new double[] {last.preferenceLoss()});
        series.setLabel(
                String.format(Locale.ROOT, "%s (%.3f from ideal)", trajectory.method(), last.distanceTo(ideal)));
        series.setMarker(EndMarker.forMethod(index)).setMarkerColor(ChartStyle.colour(index));
        series.setLineColor(ChartStyle.colour(index))
                .setLineStyle(ChartStyle.line(index))
                .setLineWidth(2.6f);
    }
}
