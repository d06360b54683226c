package dev.tandem.eval.score;

import dev.tandem.data.encoding.DropReason;
import dev.tandem.objective.LogProbs;

/** The result of scoring one row. */
public sealed interface ScoredRow {

    /** The row's place in its file, 0-based. */
    int index();

    /**
     * A row that was scored.
     *
     * @param logProbs of the response tokens: one sequence, or chosen and rejected
     */
    record Scored(int index, LogProbs logProbs) implements ScoredRow {}

    /** A row that cannot be scored. */
    record Dropped(int index, DropReason reason) implements ScoredRow {}
}
