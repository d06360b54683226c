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
     * @param turns the assistant's turns of a conversation, in all its sequences
     */
    record Kept(List<TokenSequence> sequences, Set<RowWarning> notes, OptionalDouble label, TurnCounts turns)
            implements EncodedRow {
        public Kept {
            sequences = List.copyOf(sequences);
            notes = Set.copyOf(notes);
        }

        /** A row without turns. */
        public Kept(List<TokenSequence> sequences, Set<RowWarning> notes, OptionalDouble label) {
            this(sequences, notes, label, TurnCounts.NONE);
        }

        /** A row without a label. */
        public Kept(List<TokenSequence> sequences, Set<RowWarning> notes) {
            this(sequences, notes, OptionalDouble.empty());
        }

        /** This row with a label. */
        public Kept withLabel(double newLabel) {
            return new Kept(sequences, notes, OptionalDouble.of(newLabel), turns);
        }
    }

    /**
     * Numbers of the assistant's turns that no mark excludes from training.
     *
     * @param trained turns that are trained
     * @param rewritten turns that are context, because the template writes them differently once another turn follows
     */
    record TurnCounts(int trained, int rewritten) {
        /** No turns. */
        public static final TurnCounts NONE = new TurnCounts(0, 0);

        /** The sums. */
        public TurnCounts plus(TurnCounts other) {
            return new TurnCounts(trained + other.trained, rewritten + other.rewritten);
        }
    }

    /** A row left out. */
    record Dropped(DropReason reason) implements EncodedRow {}
}
