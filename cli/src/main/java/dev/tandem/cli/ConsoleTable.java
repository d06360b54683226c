package dev.tandem.cli;

import dev.tandem.eval.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows of text in aligned columns: the first to the left, the others to the right. */
final class ConsoleTable {
    private ConsoleTable() {}

    /** @param rows of equal length, the first being the header */
    static List<String> lines(List<List<String>> rows) {
        var widths = new int[rows.get(0).size()];
        rows.forEach(row -> {
            for (var i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        var lines = new ArrayList<String>();
        for (var row : rows) {
            var line = new StringBuilder();
            for (var i = 0; i < widths.length; i++) {
                var padding = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? row.get(i) + padding : "  " + padding + row.get(i));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** The cells of a share: its value and its interval, in percent. */
    static List<String> percentCells(Interval interval) {
        return List.of(
                String.format(Locale.ROOT, "%.1f %%", 100 * interval.value()),
                String.format(Locale.ROOT, "%.1f - %.1f", 100 * interval.low(), 100 * interval.high()));
    }
}
