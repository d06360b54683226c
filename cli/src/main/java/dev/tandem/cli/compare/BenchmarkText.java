package dev.tandem.cli.compare;

import dev.tandem.cli.console.ConsoleTable;
import dev.tandem.experiment.benchmark.BenchmarkRow;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The benchmark results of a comparison's models, for the console. */
final class BenchmarkText {
    private BenchmarkText() {}

    /** A table; empty if there are no benchmarks. */
    static List<String> lines(List<BenchmarkRow> rows) {
        var names = new LinkedHashSet<String>();
        rows.forEach(row -> names.addAll(row.values().keySet()));
        if (names.isEmpty()) {
            return List.of();
        }
        var table = new ArrayList<List<String>>();
        var header = new ArrayList<>(List.of("model", "λ"));
        names.forEach(name -> header.addAll(List.of(name, "95 % interval")));
        table.add(header);
        for (var row : rows) {
            var cells = new ArrayList<>(
                    List.of(row.method(), row.lambda().map(String::valueOf).orElse("")));
            names.forEach(name ->
                    cells.addAll(cells(row, Optional.ofNullable(row.values().get(name)))));
            table.add(cells);
        }
        var lines = new ArrayList<String>();
        lines.add("");
        lines.addAll(ConsoleTable.lines(table));
        return lines;
    }

    private static List<String> cells(BenchmarkRow row, Optional<BenchmarkRow.Value> reached) {
        return reached.map(value -> List.of(
                        String.format(Locale.ROOT, "%.1f %%", 100 * value.value())
                                + (row.seeds() < 2
                                        ? ""
                                        : String.format(Locale.ROOT, " ± %.1f", 100 * value.deviation())),
                        String.format(Locale.ROOT, "%.1f - %.1f", 100 * value.low(), 100 * value.high())))
                .orElse(List.of("", ""));
    }
}
