package dev.tandem.data.encoding;

import dev.tandem.data.example.TokenSequence;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.OptionalInt;

/**
 * Shortens prompts: rows that are longer than a limit lose the beginning of their prompt. The sequences of a pair lose the
 * same tokens. What the model has to write is never cut: a row that still does not fit is left out.
 *
 * @param maxLength longest sequence, tokens
 * @param bos a token at the front that is kept
 */
public record PromptCut(int maxLength, OptionalInt bos) {

    /** A row, encoded without a limit, within the limit. */
    public EncodedRow of(EncodedRow row) {
        if (!(row instanceof EncodedRow.Kept kept)) {
            return row;
        }
        var longest =
                kept.sequences().stream().mapToInt(TokenSequence::length).max().orElse(0);
        var excess = longest - maxLength;
        if (excess <= 0) {
            return row;
        }
        var first = kept.sequences().get(0);
        var start = bos.isPresent() && first.length() > 0 && first.ids()[0] == bos.getAsInt() ? 1 : 0;
        // one token of the prompt stays, or the first of the response would have no context
        if (prompt(first) - start - excess < 1 - start) {
            return new EncodedRow.Dropped(DropReason.RESPONSE_TOO_LONG);
        }
        var notes = EnumSet.of(RowWarning.PROMPT_CUT);
        notes.addAll(kept.notes());
        return new EncodedRow.Kept(
                kept.sequences().stream().map(s -> without(s, start, excess)).toList(),
                notes,
                kept.label(),
                kept.turns());
    }

    private static int prompt(TokenSequence sequence) {
        var length = 0;
        while (length < sequence.length() && !sequence.trained()[length]) {
            length++;
        }
        return length;
    }

    private static TokenSequence without(TokenSequence sequence, int start, int count) {
        var ids = Arrays.copyOf(sequence.ids(), sequence.length() - count);
        var trained = Arrays.copyOf(sequence.trained(), sequence.length() - count);
        System.arraycopy(sequence.ids(), start + count, ids, start, ids.length - start);
        System.arraycopy(sequence.trained(), start + count, trained, start, ids.length - start);
        return new TokenSequence(ids, trained);
    }

    /** Such rows of an encoder that has no limit. */
    public RowEncoder around(RowEncoder encoder) {
        return row -> of(encoder.encode(row));
    }
}
