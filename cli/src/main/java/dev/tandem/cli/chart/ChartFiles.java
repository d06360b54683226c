package dev.tandem.cli.chart;

import dev.tandem.UserException;
import dev.tandem.io.AtomicFiles;
import java.awt.AWTError;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.internal.chartpart.IChart;
import org.knowm.xchart.style.AxesChartStyler;

/** Writes charts to files and defines their common style. */
public final class ChartFiles {
    private static final Color INK = new Color(0x222222);
    static final Color GUIDE = new Color(0x8A8A8A);

    private ChartFiles() {}

    /**
     * Draws {@code chart} to {@code target}: as SVG if its name ends in {@code .svg}, otherwise as PNG.
     *
     * @throws UserException if this Java cannot draw (no fonts, no graphics library), or the file cannot be written
     */
    public static void write(Path target, Callable<? extends IChart> chart) {
        var vector = target.toString().endsWith(".svg");
        AtomicFiles.write(target, drawing(target, () -> vector ? svg(chart.call()) : png(chart.call())));
    }

    /**
     * Runs {@code picture} and turns the exceptions that AWT throws without fonts or libraries into one clear message.
     */
    static byte[] drawing(Path target, Callable<byte[]> picture) {
        // A chart needs no screen, and a JDK fails when it searches for one in vain.
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
        try {
            return picture.call();
        } catch (Exception | LinkageError | InternalError | AWTError e) {
            throw new UserException(
                    "cannot draw " + target + ": this Java installation cannot render text or graphics (" + e
                            + "); install a font package (for example fontconfig and fonts-dejavu) and a JDK with its"
                            + " desktop libraries. Nothing else is affected, and the numbers are in the metrics files",
                    e);
        }
    }

    private static byte[] png(IChart chart) throws java.io.IOException {
        return BitmapEncoder.getBitmapBytes(chart, BitmapEncoder.BitmapFormat.PNG);
    }

    private static byte[] svg(IChart chart) throws java.io.IOException {
        var bytes = new ByteArrayOutputStream();
        VectorGraphicsEncoder.saveVectorGraphic(chart, bytes, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
        return bytes.toByteArray();
    }

    /** Fonts, colours and spacing of every chart with axes. */
    public static void style(AxesChartStyler styler) {
        var plain = new Font(Font.SANS_SERIF, Font.PLAIN, 16);
        styler.setAxisTitleFont(plain.deriveFont(Font.BOLD, 18f))
                .setAxisTickLabelsFont(plain.deriveFont(15f))
                .setAxisTickLabelsColor(INK)
                .setPlotGridLinesColor(new Color(0xE6E6E6))
                .setPlotGridLinesStroke(new BasicStroke(1f))
                .setAxisTickMarksColor(GUIDE)
                .setPlotMargin(0)
                .setXAxisTickMarkSpacingHint(110)
                .setYAxisTickMarkSpacingHint(80);
        styler.setChartBackgroundColor(Color.WHITE)
                .setPlotBackgroundColor(Color.WHITE)
                .setPlotBorderColor(GUIDE)
                .setChartFontColor(INK)
                .setChartTitleFont(plain.deriveFont(Font.BOLD, 24f))
                .setChartTitlePadding(14)
                .setChartTitleBoxVisible(false)
                .setChartPadding(20)
                .setLegendFont(plain)
                .setLegendBackgroundColor(new Color(255, 255, 255, 225))
                .setLegendBorderColor(new Color(0xC8C8C8))
                .setLegendPadding(12)
                .setLegendSeriesLineLength(34)
                .setPlotContentSize(1.0)
                .setAntiAlias(true)
                .setTextAntiAlias(true)
                .setDecimalPattern("0.0##")
                .setLocale(Locale.ROOT);
    }
}
