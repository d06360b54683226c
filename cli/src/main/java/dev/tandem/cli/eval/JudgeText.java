package dev.tandem.cli.eval;

import dev.tandem.cli.console.ConsoleTable;
import dev.tandem.eval.judge.JudgeResult;
import dev.tandem.eval.judge.JudgedWins;
import dev.tandem.eval.judge.client.Prices;
import dev.tandem.math.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The result of {@code tandem eval judge}, for the console. */
final class JudgeText {
    /** Most pairs that a message names. */
    private static final int NAMED = 5;

    private JudgeText() {}

    static List<String> lines(JudgeResult result) {
        var lines = new ArrayList<>(table(result));
        lines.addAll(details(result.wins()));
        lines.addAll(shortcomings(result));
        var cost = result.cost();
        lines.add(String.format(
                Locale.ROOT,
                "%,d requests in this run, %,d tokens in, %,d out%s",
                cost.requests(),
                cost.tokens().in(),
                cost.tokens().out(),
                cost.dollars().map(d -> ", " + Prices.dollars(d)).orElse("")));
        if (result.left() > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "Stopped at --max-cost: %,d of %,d pairs are not judged. The same command continues with them.",
                    result.left(),
                    result.pairs()));
        }
        return lines;
    }

    private static List<String> table(JudgeResult result) {
        var rows = new ArrayList<List<String>>();
        var pairs = String.format(Locale.ROOT, "of %,d pairs", result.wins().pairs());
        rows.add(List.of(pairs, "", "95 % interval"));
        rows.add(row("win rate", result.wins().rate()));
        result.lengthControlled().ifPresent(l -> rows.add(row("win rate at equal lengths", l.rate())));
        return ConsoleTable.lines(rows);
    }

    private static List<String> row(String name, Interval interval) {
        var row = new ArrayList<>(List.of(name));
        row.addAll(ConsoleTable.percentCells(interval));
        return row;
    }

    private static List<String> details(JudgedWins wins) {
        return List.of(
                String.format(
                        Locale.ROOT,
                        "%,d wins, %,d losses, %,d ties (%,d of the same answers)",
                        wins.wins(),
                        wins.losses(),
                        wins.ties(),
                        wins.same()),
                String.format(
                        Locale.ROOT,
                        "shown first %.1f %%, shown second %.1f %%; %,d pairs inconsistent (%.1f %%); the first"
                                + " position wins %.1f %%",
                        100 * wins.shownFirst(),
                        100 * wins.shownSecond(),
                        wins.inconsistent(),
                        100 * wins.inconsistentShare(),
                        100 * wins.firstPosition()),
                String.format(
                        Locale.ROOT,
                        "mean length %,.0f characters, against %,.0f",
                        wins.meanLength(),
                        wins.meanLengthAgainst()));
    }

    private static List<String> shortcomings(JudgeResult result) {
        var lines = new ArrayList<String>();
        var unreadable = result.unreadable();
        if (!unreadable.isEmpty()) {
            var named = unreadable.stream()
                    .limit(NAMED)
                    .map(p -> p.pair().first().row().where())
                    .toList();
            lines.add(String.format(
                    Locale.ROOT,
                    "%,d pairs are left out, because the judge gave no readable verdict: %s%s",
                    unreadable.size(),
                    String.join("; ", named),
                    unreadable.size() > NAMED ? "; …" : ""));
        }
        if (result.withoutProbabilities() > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%,d verdicts came without probabilities and were read from the word in the reply.",
                    result.withoutProbabilities()));
        }
        return lines;
    }
}
