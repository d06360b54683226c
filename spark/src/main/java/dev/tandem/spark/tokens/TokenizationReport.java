package dev.tandem.spark.tokens;

import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.RowRemarks;
import dev.tandem.data.encoding.RowWarning;
import java.util.ArrayList;
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
        var texts = new ArrayList<String>();
        texts.add(String.format(
                Locale.ROOT, "%,d rows, %,d kept (%,d tokens, %,d trained)", rows, kept(), tokens, trainedTokens));
        texts.addAll(RowRemarks.texts(dropped, notes));
        return String.join("; ", texts);
    }

    /** The report as maps and numbers, named as in a run's metrics. */
    Map<String, Object> json() {
        var result = new LinkedHashMap<String, Object>();
        result.put("rows", rows);
        result.put("kept", kept());
        result.put("tokens", tokens);
        result.put("trained_tokens", trainedTokens);
        result.put("dropped", RowRemarks.byName(dropped));
        result.put("notes", RowRemarks.byName(notes));
        return result;
    }
}
