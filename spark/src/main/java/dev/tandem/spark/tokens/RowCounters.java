package dev.tandem.spark.tokens;

import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.RowWarning;
import dev.tandem.data.example.TokenSequence;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Counts kept and dropped rows. They are counted in the tasks that write, whose counts Spark takes only once each, even
 * when a task is repeated.
 */
final class RowCounters implements Serializable {
    private static final long serialVersionUID = 1L;

    private final LongAccumulator rows;
    private final LongAccumulator tokens;
    private final LongAccumulator trainedTokens;
    private final EnumMap<DropReason, LongAccumulator> dropped = new EnumMap<>(DropReason.class);
    private final EnumMap<RowWarning, LongAccumulator> notes = new EnumMap<>(RowWarning.class);

    RowCounters(SparkContext spark) {
        rows = spark.longAccumulator("rows");
        tokens = spark.longAccumulator("tokens");
        trainedTokens = spark.longAccumulator("trained tokens");
        for (var reason : DropReason.values()) {
            dropped.put(reason, spark.longAccumulator("dropped: " + reason.text()));
        }
        for (var note : RowWarning.values()) {
            notes.put(note, spark.longAccumulator(note.text()));
        }
    }

    void count(EncodedRow row) {
        rows.add(1);
        if (row instanceof EncodedRow.Kept kept) {
            tokens.add(
                    kept.sequences().stream().mapToLong(TokenSequence::length).sum());
            trainedTokens.add(kept.sequences().stream()
                    .mapToLong(TokenSequence::trainedTokens)
                    .sum());
            kept.notes().forEach(note -> add(notes, note));
        } else if (row instanceof EncodedRow.Dropped gone) {
            add(dropped, gone.reason());
        }
    }

    private static <K extends Enum<K>> void add(EnumMap<K, LongAccumulator> counters, K key) {
        Optional.ofNullable(counters.get(key)).ifPresent(counter -> counter.add(1));
    }

    long rows() {
        return rows.sum();
    }

    long tokens() {
        return tokens.sum();
    }

    long trainedTokens() {
        return trainedTokens.sum();
    }

    /** Rows left out, by reason; reasons that did not occur are absent. */
    Map<DropReason, Long> dropped() {
        return counted(dropped, DropReason.class);
    }

    /** Notes on kept rows; notes that did not occur are absent. */
    Map<RowWarning, Long> notes() {
        return counted(notes, RowWarning.class);
    }

    private static <K extends Enum<K>> Map<K, Long> counted(EnumMap<K, LongAccumulator> counters, Class<K> type) {
        var result = new EnumMap<K, Long>(type);
        counters.forEach((key, counter) -> {
            if (counter.sum() > 0) {
                result.put(key, counter.sum());
            }
        });
        return result;
    }
}
