package dev.tandem.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.lines.SeriesLines;

/** How all charts look. */
final class ChartStyle {
    static final Color INK = new Color(0x222222);
    static final Color GUIDE = new Color(0x8A8A8A);

    /** Colours of Okabe and Ito, told apart with every common form of colour blindness. */
    private static final List<Color> COLOURS = List.of(
            new Color(0x0072B2),
            new Color(0xD55E00),
            new Color(0x009E73),
            new Color(0xCC79A7),
            new Color(0xE69F00),
            new Color(0x56B4E9));

    private ChartStyle() {}

    /** Fonts, colours and lines of a chart's frame. */
    static void apply(XYChart chart) {
        var plain = new Font(Font.SANS_SERIF, Font.PLAIN, 16);
        chart.getStyler()
                .setAxisTitleFont(plain.deriveFont(Font.BOLD, 18f))
                .setAxisTickLabelsFont(plain.deriveFont(15f))
                .setAxisTickLabelsColor(INK)
                .setPlotGridLinesColor(new Color(0xE6E6E6))
                .setPlotGridLinesStroke(new BasicStroke(1f))
                .setAxisTickMarksColor(GUIDE)
                .setPlotMargin(0)
                .setXAxisTickMarkSpacingHint(110)
                .setYAxisTickMarkSpacingHint(80);
        chart.getStyler()
                .setChartBackgroundColor(Color.WHITE)
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
                .setMarkerSize(12)
                .setPlotContentSize(1.0)
                .setAntiAlias(true)
                .setTextAntiAlias(true)
                .setDecimalPattern("0.0##")
                .setLocale(Locale.ROOT);
        chart.getStyler().setAnnotationLineColor(GUIDE);
        chart.getStyler()
                .setAnnotationLineStroke(new BasicStroke(
                        1.3f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10f, new float[] {6f, 6f}, 0f));
    }

    static Color colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    /** Past the sixth method colours and figures return, with broken lines. */
    static BasicStroke line(int index) {
        return index < COLOURS.size() ? SeriesLines.SOLID : SeriesLines.DASH_DASH;
    }
}
