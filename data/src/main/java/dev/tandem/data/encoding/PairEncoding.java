package dev.tandem.data.encoding;

import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;

/** Pairs of a chosen and a rejected sequence. */
public final class PairEncoding {
    private PairEncoding() {}

    /** Encodes both as one row, which is dropped if either is, for the reason of the first that is dropped. */
    public static EncodedRow of(EncodedRow chosen, EncodedRow rejected) {
        if (!(chosen instanceof EncodedRow.Kept better)) {
            return chosen;
        }
        if (!(rejected instanceof EncodedRow.Kept worse)) {
            return rejected;
        }
        var notes = EnumSet.noneOf(RowWarning.class);
        notes.addAll(better.notes());
        notes.addAll(worse.notes());
        var first = better.sequences().get(0);
        var second = worse.sequences().get(0);
        if (first.equals(second)) {
            notes.add(RowWarning.EQUAL_PAIR);
        }
        return new EncodedRow.Kept(
                List.of(first, second),
                notes,
                OptionalDouble.empty(),
                better.turns().plus(worse.turns()));
    }

    /** The chosen sequence of a pair alone. Rows are kept and dropped as pairs, so that SFT and a pair loss see the same. */
    public static EncodedRow chosen(EncodedRow pair) {
        return pair instanceof EncodedRow.Kept kept
                ? new EncodedRow.Kept(kept.sequences().subList(0, 1), kept.notes(), kept.label(), kept.turns())
                : pair;
    }
}
