package dev.tandem.train;

import dev.tandem.train.Passage.Visit;
import java.util.List;

/** How far the lanes of a rank are with a passage. To be used with the exchange locked. */
final class UnitPass {
    private final List<Visit> visits;
    private final int lanes;
    private final int[] left;
    private final boolean[] ready;

    /** @param lanes that come by */
    UnitPass(List<Visit> visits, int lanes) {
        this.visits = List.copyOf(visits);
        this.lanes = lanes;
        this.left = new int[visits.size()];
        this.ready = new boolean[visits.size()];
    }

    static UnitPass none() {
        return new UnitPass(List.of(), 1);
    }

    List<Visit> visits() {
        return visits;
    }

    int lanes() {
        return lanes;
    }

    /** The stop at a position, which must be at a unit. */
    Visit visit(int position, int unit) {
        if (position >= visits.size() || visits.get(position).unit() != unit) {
            throw new IllegalStateException("stop " + position + " is not at unit " + unit + " in " + visits);
        }
        return visits.get(position);
    }

    /** Whether the parameters needed at a stop are there. */
    boolean isReady(int position) {
        return ready[position];
    }

    void ready(int position) {
        ready[position] = true;
    }

    /** A lane has left a stop; whether it was the last one. */
    boolean left(int position) {
        return ++left[position] == lanes;
    }
}
