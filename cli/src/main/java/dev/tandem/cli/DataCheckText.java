package dev.tandem.cli;

import dev.tandem.data.DataCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A data check in words. */
final class DataCheckText {
    private static final int PLACES = 3;

    private final DataCheck check;

    DataCheckText(DataCheck check) {
        this.check = check;
    }

    List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add(format(
                "%s: %,d rows, %s",
                check.file(),
                check.rows(),
                check.format()
                        .map(f -> "format " + RowFormatConverter.name(f))
                        .orElse("columns fit no format; name it with --format, and columns with --column")));
        lines.add("  columns: "
                + check.columns().entrySet().stream()
                        .map(e -> e.getKey()
                                + (e.getValue() == check.rows() ? "" : format(" (in %,d rows)", e.getValue())))
                        .collect(Collectors.joining(", ")));
        if (!check.lengths().isEmpty()) {
            lines.add(tokens());
        }
        check.dropped()
                .forEach((reason, places) ->
                        lines.add(format("  %,d dropped: %s (%s)", places.size(), reason.text(), first(places))));
        check.notes()
                .forEach((note, places) ->
                        lines.add(format("  %,d rows: %s (%s)", places.size(), note.text(), first(places))));
        check.errors().forEach(error -> lines.add("  would stop a run: " + error));
        if (check.errors().size() == DataCheck.MOST_ERRORS) {
            lines.add("  stopped looking after " + DataCheck.MOST_ERRORS + " broken rows");
        }
        return lines;
    }

    private String tokens() {
        var sorted = check.lengths().stream().sorted().toList();
        return format(
                "  tokens: %,d in %,d sequences, %,d of them trained; length median %,d, 95 %% ≤ %,d, longest %,d",
                sorted.stream().mapToLong(Integer::longValue).sum(),
                sorted.size(),
                check.trainedTokens(),
                sorted.get(sorted.size() / 2),
                sorted.get(Math.min(sorted.size() - 1, sorted.size() * 95 / 100)),
                sorted.get(sorted.size() - 1));
    }

    private static String first(List<String> places) {
        var shown = places.stream().limit(PLACES).collect(Collectors.joining(", "));
        return places.size() > PLACES ? shown + ", …" : shown;
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
