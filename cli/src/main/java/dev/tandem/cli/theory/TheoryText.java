package dev.tandem.cli.theory;

import dev.tandem.cli.console.ConsoleTable;
import dev.tandem.experiment.theory.TheoryResult;
import dev.tandem.experiment.theory.TheoryResult.GapCurve;
import dev.tandem.experiment.theory.TheoryResult.MethodGaps;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/** The convex experiment's result as tables and text. */
final class TheoryText {
    /** Only every n-th number of steps has a column, because all would be wider than a terminal. */
    private static final int STRIDE = 3;

    private TheoryText() {}

    static List<String> lines(TheoryResult result) {
        var optima = result.optima();
        var lines = new ArrayList<String>();
        lines.add(String.format(
                Locale.ROOT,
                "lambda %s, %d seeds, batches of %d, probe-every %d%nBest values: f*_SFT %.4f, f*_DPO %.4f, min"
                        + " f_Mix %.4f, min F_max %.4f",
                result.lambda(),
                result.seeds(),
                result.batchSize(),
                result.evaluateEvery(),
                optima.sft(),
                optima.preference(),
                optima.mix(),
                optima.max()));
        table(lines, result, "Gap f_Mix - min f_Mix after T steps, mean over seeds", MethodGaps::mixGap);
        table(lines, result, "Gap F_max - min F_max after T steps, mean over seeds", MethodGaps::maxGap);
        lines.add("");
        lines.add("How the gap that theory bounds changes with T:");
        var verdicts = result.methods().stream()
                .map(m -> List.of(m.method(), m.bounded().equals("max") ? "F_max" : "f_Mix"))
                .toList();
        var names = ConsoleTable.lines(verdicts);
        for (var i = 0; i < names.size(); i++) {
            lines.add(names.get(i) + "  " + result.methods().get(i).verdict());
        }
        return lines;
    }

    private static void table(
            List<String> lines, TheoryResult result, String title, Function<MethodGaps, GapCurve> gap) {
        var columns = columns(result.grid().size());
        var rows = new ArrayList<List<String>>();
        rows.add(row("", columns, column -> "T = " + result.grid().get(column)));
        result.methods()
                .forEach(m -> rows.add(row(
                        m.method(),
                        columns,
                        column -> String.format(
                                Locale.ROOT, "%.5f", gap.apply(m).mean().get(column)))));
        lines.add("");
        lines.add(title);
        lines.addAll(ConsoleTable.lines(rows));
    }

    /** Counted from the end, because the last matters most. */
    private static List<Integer> columns(int size) {
        return IntStream.range(0, size)
                .filter(column -> (size - 1 - column) % STRIDE == 0)
                .boxed()
                .toList();
    }

    private static List<String> row(String first, List<Integer> columns, Function<Integer, String> cell) {
        var row = new ArrayList<String>();
        row.add(first);
        columns.forEach(column -> row.add(cell.apply(column)));
        return row;
    }
}
