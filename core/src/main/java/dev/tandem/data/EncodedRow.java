package dev.tandem.data;

import java.util.List;
import java.util.Set;

/** What became of a row. */
public sealed interface EncodedRow {

    /**
     * A row to train on.
     *
     * @param sequences one sequence, or chosen and rejected
     * @param notes what is remarkable about it
     */
    record Kept(List<TokenSequence> sequences, Set<RowNote> notes) implements EncodedRow {
        public Kept {
            sequences = List.copyOf(sequences);
            notes = Set.copyOf(notes);
        }
    }

    /** A row left out. */
    record Dropped(DropReason reason) implements EncodedRow {}
}
