package dev.tandem.data.encoding;

import dev.tandem.UserException;
import dev.tandem.data.rows.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The trained positions in a list of ids, where they are not simply all that follow the prompt: spans {@code [from,
 * to)}, counted from the list's first id.
 */
public final class TrainedSpans {
    private TrainedSpans() {}

    /**
     * Marks the ids that the spans cover.
     *
     * @param offset index in {@code trained} of the list's first id
     * @param name name of the column, for messages
     * @throws UserException if these are not ascending spans of the list
     */
    public static void mark(Row row, String name, JsonNode spans, boolean[] trained, int offset) {
        var end = 0;
        if (!spans.isArray()) {
            throw wrong(row, name, trained.length - offset);
        }
        for (var span : spans) {
            if (!span.isArray() || span.size() != 2 || !isPlace(span.get(0)) || !isPlace(span.get(1))) {
                throw wrong(row, name, trained.length - offset);
            }
            var from = span.get(0).intValue();
            var to = span.get(1).intValue();
            if (from < end || to <= from || to > trained.length - offset) {
                throw wrong(row, name, trained.length - offset);
            }
            Arrays.fill(trained, offset + from, offset + to, true);
            end = to;
        }
        trained[0] = false;
    }

    private static boolean isPlace(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToInt();
    }

    private static UserException wrong(Row row, String name, int tokens) {
        return new UserException(row.where() + ": '" + name + "' must be a list of spans [from, to) of the " + tokens
                + " tokens it goes with, ascending, as in [[2, 5], [9, 12]].");
    }

    /** The spans that are trained from an index on, counted from there. */
    static List<TokenRow.Span> of(boolean[] trained, int offset) {
        var result = new ArrayList<TokenRow.Span>();
        var from = offset;
        while (from < trained.length) {
            var to = from;
            while (to < trained.length && trained[to] == trained[from]) {
                to++;
            }
            if (trained[from]) {
                result.add(new TokenRow.Span(from - offset, to - offset));
            }
            from = to;
        }
        return result;
    }
}
