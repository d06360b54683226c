package dev.tandem.cli.data;

import dev.tandem.data.check.DataCheck;
import dev.tandem.data.check.FileFindings;
import dev.tandem.data.check.Lengths;
import dev.tandem.data.check.LongerSide;
import dev.tandem.data.check.Repetitions;
import dev.tandem.data.check.RowSample;
import dev.tandem.data.encoding.RowWarning;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A data check as text.
 *
 * @param check what was found
 * @param objectives whether the files belong to a recipe's objectives, which are then named
 */
record DataCheckText(DataCheck check, boolean objectives) {
    private static final int BAR = 40;

    List<String> lines() {
        var lines = new ArrayList<String>();
        check.files().forEach(file -> lines.addAll(lines(file)));
        check.errors().forEach(error -> lines.add("would stop a run: " + error));
        return lines;
    }

    private List<String> lines(FileFindings file) {
        var lines = new ArrayList<String>();
        lines.add(file.readable() || file.rows() > 0 ? head(file) : file.path() + ": cannot be used");
        if (file.rows() > 0) {
            lines.add("  columns: " + columns(file));
        }
        if (!file.unread().isEmpty()) {
            lines.add("  not used: " + String.join(", ", file.unread()));
        }
        file.lengths().ifPresent(lengths -> lines.addAll(tokens(file, lengths)));
        file.dropped()
                .forEach((reason, found) ->
                        lines.add(format("  %,d dropped: %s (%s)", found.count(), reason.text(), places(found))));
        file.notes()
                .forEach((note, found) ->
                        lines.add(format("  %,d rows: %s (%s)", found.count(), words(note), places(found))));
        var turns = file.turns();
        if (turns.rewritten() > 0) {
            lines.add(format(
                    "  %,d of %,d assistant turns are context: the template writes them differently once another turn follows",
                    turns.rewritten(), turns.trained() + turns.rewritten()));
        }
        repetitions(file, lines);
        file.suspicions()
                .forEach((suspicion, found) -> lines.add(
                        format("  suspicious in %,d rows: %s (%s)", found.count(), suspicion.text(), places(found))));
        file.longerSide().filter(LongerSide::suspicious).ifPresent(side -> lines.add(longer(side)));
        file.errors().forEach(error -> lines.add("  " + (file.rows() > 0 ? "would stop a run: " : "") + error));
        if (file.errors().size() == DataCheck.MAX_ERRORS) {
            lines.add("  stopped checking after " + DataCheck.MAX_ERRORS + " broken rows");
        }
        file.examples().forEach(example -> lines.addAll(DataCheckExamples.lines(example)));
        return lines;
    }

    private String head(FileFindings file) {
        return format(
                "%s: %,d rows, %s%s%s",
                file.path(),
                file.rows(),
                file.format()
                        .map(f -> "format " + f.name())
                        .orElse("columns fit no format; name it with --format, and columns with --column"),
                objectives ? ", objective " + file.objective() : "",
                file.evaluation() ? ", for evaluation" : "");
    }

    private static String columns(FileFindings file) {
        return file.columns().entrySet().stream()
                .map(e -> e.getKey() + (e.getValue() == file.rows() ? "" : format(" (in %,d rows)", e.getValue())))
                .collect(Collectors.joining(", "));
    }

    private static List<String> tokens(FileFindings file, Lengths lengths) {
        var lines = new ArrayList<String>();
        lines.add(format(
                "  tokens: %,d in %,d sequences, %,d of them trained; length median %,d, 95 %% ≤ %,d, longest %,d",
                lengths.tokens(),
                lengths.sequences(),
                file.trainedTokens(),
                lengths.median(),
                lengths.most95(),
                lengths.longest()));
        var most = lengths.histogram().stream()
                .mapToLong(Lengths.Bar::sequences)
                .max()
                .orElse(1);
        var width = format("%,d–%,d", lengths.longest(), lengths.longest()).length() + 1;
        for (var bar : lengths.histogram()) {
            var drawn = (int) Math.ceil((double) BAR * bar.sequences() / most);
            lines.add(format("    %" + width + "s  %s %,d", range(bar), "█".repeat(drawn), bar.sequences()));
        }
        return lines;
    }

    private static String range(Lengths.Bar bar) {
        return bar.from() == bar.to() ? format("%,d", bar.from()) : format("%,d–%,d", bar.from(), bar.to());
    }

    private static String words(RowWarning note) {
        return note == RowWarning.RESPONSE_CUT
                ? note.text() + ": it ends without the end-of-sequence token, so the model does not learn to stop"
                : note.text();
    }

    private static void repetitions(FileFindings file, List<String> lines) {
        var again = file.repetitions();
        add(lines, again.within(), "rows repeat an earlier row");
        if (again.trainingFile()) {
            lines.add("  this is training data itself: its loss only says how well it was memorised");
        }
        add(
                lines,
                again.trained(),
                format("of %,d rows are training data too: their loss says little about new text", file.rows()));
        add(
                lines,
                again.prompts(),
                file.evaluation()
                        ? "rows have a prompt that is trained, with another answer"
                        : "rows have a prompt that another objective trains too");
        incomplete(again, lines);
    }

    private static void incomplete(Repetitions again, List<String> lines) {
        if (!again.complete()) {
            lines.add("  there are more rows than the check remembers: some repetitions may have been missed");
        }
    }

    private static void add(List<String> lines, RowSample found, String words) {
        if (found.count() > 0) {
            lines.add(format("  %,d %s (%s)", found.count(), words, places(found)));
        }
    }

    private static String longer(LongerSide side) {
        var chosen = side.chosen() > side.rejected();
        return format(
                "  suspicious: in %,d of %,d pairs the %s answer is the longer one; length alone nearly tells which is"
                        + " chosen",
                Math.max(side.chosen(), side.rejected()), side.pairs(), chosen ? "chosen" : "rejected");
    }

    private static String places(RowSample found) {
        var shown = String.join(", ", found.first());
        return found.count() > found.first().size() ? shown + ", …" : shown;
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
