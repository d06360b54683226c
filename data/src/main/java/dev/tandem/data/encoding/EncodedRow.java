package dev.tandem.data.encoding;

import dev.tandem.data.example.TokenSequence;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/** The outcome of encoding a row. */
public sealed interface EncodedRow {

    /**
     * A row to train on.
     *
     * @param sequences one sequence, or chosen and rejected
     * @param notes notes on the row
     * @param label 1 desirable, 0 undesirable; absent unless the rows are labelled
     */
    record Kept(List<TokenSequence> sequences, Set<RowWarning> notes, OptionalDouble label) implements EncodedRow {
        public Kept {
            sequences = List.copyOf(sequences);
            notes = Set.copyOf(notes);
        }

        /** A row without a label. */
        public Kept(List<TokenSequence> sequences, Set<RowWarning> notes) {
            this(sequences, notes, OptionalDouble.empty());
        }

        /** This row with a label. */
        public Kept withLabel(double newLabel) {
            return new Kept(sequences, notes, OptionalDouble.of(newLabel));
        }
    }

    /** A row left out. */
    record Dropped(DropReason reason) implements EncodedRow {}
}
