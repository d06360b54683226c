package dev.tandem.spark.tokens;

import dev.tandem.data.DropReason;
import dev.tandem.data.RowNote;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What became of rows: nothing is dropped or cut in silence.
 *
 * @param rows rows read
 * @param tokens of the rows that are kept
 * @param trainedTokens those of them that are trained
 * @param dropped rows left out, by reason
 * @param notes remarkable rows among the kept
 */
public record TokenizationReport(
        long rows, long tokens, long trainedTokens, Map<DropReason, Long> dropped, Map<RowNote, Long> notes) {
    public TokenizationReport {
        dropped = Map.copyOf(dropped);
        notes = Map.copyOf(notes);
    }

    /** Rows that are kept. */
    public long kept() {
        return rows - dropped.values().stream().mapToLong(Long::longValue).sum();
    }

    /** For a person: one line. */
    public String text() {
        var text = new StringBuilder(String.format(
                Locale.ROOT, "%,d rows, %,d kept (%,d tokens, %,d trained)", rows, kept(), tokens, trainedTokens));
        for (var reason : DropReason.values()) {
            if (dropped.containsKey(reason)) {
                text.append(String.format(Locale.ROOT, "; %,d dropped: %s", dropped.get(reason), reason.text()));
            }
        }
        for (var note : RowNote.values()) {
            if (notes.containsKey(note)) {
                text.append(String.format(Locale.ROOT, "; %,d: %s", notes.get(note), note.text()));
            }
        }
        return text.toString();
    }

    /** The same as maps and numbers, named as in a run's metrics. */
    Map<String, Object> json() {
        var result = new LinkedHashMap<String, Object>();
        result.put("rows", rows);
        result.put("kept", kept());
        result.put("tokens", tokens);
        result.put("trained_tokens", trainedTokens);
        result.put("dropped", byName(dropped));
        result.put("notes", byName(notes));
        return result;
    }

    private static Map<String, Long> byName(Map<? extends Enum<?>, Long> counts) {
        var result = new LinkedHashMap<String, Long>();
        counts.entrySet().stream()
                .sorted(java.util.Comparator.comparingInt(
                        entry -> entry.getKey().ordinal()))
                .forEach(entry -> result.put(entry.getKey().name().toLowerCase(Locale.ROOT), entry.getValue()));
        return result;
    }
}
