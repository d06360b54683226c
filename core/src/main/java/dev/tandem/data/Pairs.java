package dev.tandem.data;

import java.util.EnumSet;
import java.util.List;

/** Pairs of a chosen and a rejected sequence. */
final class Pairs {
    private Pairs() {}

    /**
     * Joins both sequences into one row; if either is dropped, the row is dropped for the reason of the first dropped
     * one.
     */
    static EncodedRow of(EncodedRow chosen, EncodedRow rejected) {
        if (!(chosen instanceof EncodedRow.Kept better)) {
            return chosen;
        }
        if (!(rejected instanceof EncodedRow.Kept worse)) {
            return rejected;
        }
        var notes = EnumSet.noneOf(RowNote.class);
        notes.addAll(better.notes());
        notes.addAll(worse.notes());
        var first = better.sequences().get(0);
        var second = worse.sequences().get(0);
        if (first.equals(second)) {
            notes.add(RowNote.EQUAL_PAIR);
        }
        return new EncodedRow.Kept(List.of(first, second), notes);
    }
}
