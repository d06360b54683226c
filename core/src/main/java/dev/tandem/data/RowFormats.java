package dev.tandem.data;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Row formats told by the columns of rows. */
public final class RowFormats {
    /** The formats of a chosen and a rejected answer. */
    public static final Set<RowFormat> PAIRS = Set.of(RowFormat.PREFERENCE, RowFormat.IMPLICIT_PREFERENCE);

    private RowFormats() {}

    /** The format whose columns a row has. */
    public static Optional<RowFormat> guess(List<String> columns) {
        if (columns.contains("input_ids") || columns.contains("chosen_ids")) {
            return Optional.of(RowFormat.TOKENS);
        }
        if (columns.contains("messages")) {
            return Optional.of(RowFormat.CONVERSATION);
        }
        if (columns.contains("chosen") && columns.contains("rejected")) {
            return Optional.of(columns.contains("prompt") ? RowFormat.PREFERENCE : RowFormat.IMPLICIT_PREFERENCE);
        }
        if (columns.contains("instruction") && columns.contains("output")) {
            return Optional.of(RowFormat.ALPACA);
        }
        return columns.contains("prompt") && columns.contains("response")
                ? Optional.of(RowFormat.SFT)
                : Optional.empty();
    }

    /** What the rows of a format give: single responses or pairs. */
    public static RowShape shape(RowFormat format, List<String> columns, Map<String, String> mapped) {
        var pairs = PAIRS.contains(format)
                || format == RowFormat.TOKENS && columns.contains(mapped.getOrDefault("chosen_ids", "chosen_ids"));
        return pairs ? RowShape.PAIR : RowShape.RESPONSE;
    }
}
