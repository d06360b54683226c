package dev.tandem.spark.tokens;

import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.RowWarning;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The counts of rows read, kept and dropped: nothing is dropped or truncated silently.
 *
 * @param rows number of rows read
 * @param tokens number of tokens of the kept rows
 * @param trainedTokens number of trained tokens among them
 * @param dropped rows left out, by reason
 * @param notes notes on kept rows
 */
public record TokenizationReport(
        long rows, long tokens, long trainedTokens, Map<DropReason, Long> dropped, Map<RowWarning, Long> notes) {
    public TokenizationReport {
        dropped = Map.copyOf(dropped);
        notes = Map.copyOf(notes);
    }

    /** The number of kept rows. */
    public long kept() {
        return rows - dropped.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The report as one line of text. */
    public String text() {
        var text = new StringBuilder(String.format(
                Locale.ROOT, "%,d rows, %,d kept (%,d tokens, %,d trained)", rows, kept(), tokens, trainedTokens));
        for (var reason : DropReason.values()) {
            if (dropped.containsKey(reason)) {
                text.append(String.format(Locale.ROOT, "; %,d dropped: %s", dropped.get(reason), reason.text()));
            }
        }
        for (var note : RowWarning.values()) {
            if (notes.containsKey(note)) {
                text.append(String.format(Locale.ROOT, "; %,d: %s", notes.get(note), note.text()));
            }
        }
        return text.toString();
    }

    /** The report as maps and numbers, named as in a run's metrics. */
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
