package dev.tandem.cli.report;

import java.awt.Graphics2D;
import java.util.List;
import org.knowm.xchart.internal.chartpart.IChart;

/** A picture of several charts of equal height side by side. */
record ChartRow(List<? extends IChart> charts) implements IChart {
    @Override
    public void paint(Graphics2D graphics, int width, int height) {
        var x = 0;
        for (var chart : charts) {
            graphics.translate(x, 0);
            chart.paint(graphics, chart.getWidth(), chart.getHeight());
            graphics.translate(-x, 0);
            x += chart.getWidth();
        }
    }

    @Override
    public int getWidth() {
        return charts.stream().mapToInt(IChart::getWidth).sum();
    }

    @Override
    public int getHeight() {
        return charts.stream().mapToInt(IChart::getHeight).max().orElse(0);
    }

    @Override
    public String getTitle() {
        return "";
    }
}
