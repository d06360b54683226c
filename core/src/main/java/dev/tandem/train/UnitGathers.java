package dev.tandem.train;

import dev.tandem.tensor.SplitParameters;
import dev.tandem.tensor.UnitRing;
import dev.tandem.train.Passage.Visit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Brings the parameters of units together, in the order of a passage's stops, as early as there is a buffer for them. To be
 * used with the exchange locked.
 */
final class UnitGathers implements AutoCloseable {
    private static final int NOBODY = -1;

    private final RankLine line;
    private final List<SplitParameters> split;
    private final UnitRing ring;
    private final RankTraffic traffic;
    private final RankExchange exchange;

    /** The unit that is in each buffer, or will be when the line has got so far: for each of {@code split}. */
    private final List<int[]> held = new ArrayList<>();

    /** The unit that each buffer is needed for, and by how many stops. */
    private final int[] needed;

    private final int[] stops;
    private UnitPass pass = UnitPass.none();
    private int next;

    UnitGathers(RankLine line, List<SplitParameters> split, UnitRing ring, RankTraffic traffic, RankExchange exchange) {
        this.line = line;
        this.split = List.copyOf(split);
        this.ring = ring;
        this.traffic = traffic;
        this.exchange = exchange;
        this.needed = nobody(ring);
        this.stops = new int[ring.slots()];
        split.forEach(s -> held.add(nobody(ring)));
    }

    private static int[] nobody(UnitRing ring) {
        var result = new int[ring.slots()];
        Arrays.fill(result, NOBODY);
        return result;
    }

    /** Begins as many gathers as there are buffers for. */
    void advance(UnitPass current) {
        if (current != pass) {
            pass = current;
            next = 0;
        }
        while (next < pass.visits().size()) {
            var visit = pass.visits().get(next);
            if (split.isEmpty() || !visit.reads()) {
                pass.ready(next++);
            } else if (reserve(visit.unit())) {
                begin(visit.unit(), next++);
            } else {
                return;
            }
        }
    }

    private boolean reserve(int unit) {
        var slot = ring.slot(unit);
        if (stops[slot] > 0 && needed[slot] != unit) {
            return false;
        }
        needed[slot] = unit;
        stops[slot]++;
        return true;
    }

    private void begin(int unit, int position) {
        var missing = new ArrayList<SplitParameters>();
        var slot = ring.slot(unit);
        for (var s = 0; s < split.size(); s++) {
            if (split.get(s).has(unit) && held.get(s)[slot] != unit) {
                held.get(s)[slot] = unit;
                missing.add(split.get(s));
            }
        }
        var of = pass;
        line.next(ranks -> {
            for (var parameters : missing) {
                var whole = parameters.whole(unit);
                ranks.allGather(parameters.share(unit), whole);
                traffic.gathered(whole.nbytes(), ranks.size());
            }
            synchronized (exchange) {
                of.ready(position);
                exchange.notifyAll();
            }
        });
    }

    /** All lanes have left a stop. */
    void release(Visit visit) {
        if (!split.isEmpty() && visit.reads()) {
            stops[ring.slot(visit.unit())]--;
        }
    }

    /** Parameters have changed: what was brought together of them is of no use any more. */
    void forgetTrained(SplitParameters trained) {
        Arrays.fill(held.get(split.indexOf(trained)), NOBODY);
    }

    double seconds() {
        return line.seconds();
    }

    @Override
    public void close() {
        line.close();
    }
}
