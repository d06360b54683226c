package dev.tandem.train.plan;

import dev.tandem.recipe.ZeroStage;
import dev.tandem.train.Passage.Visit;
import java.util.Arrays;
import java.util.List;

/**
 * Goes through passes as the engine does, beside a network that does one thing at a time in the order it is asked: units are
 * gathered as early as there is a buffer for them, a bucket of gradients is summed when all of its units have been computed.
 */
final class Timeline {
    private static final int NOBODY = -1;

    /** So many passes that are alike are gone through; the next take as long as the last of these. */
    private static final int ENOUGH = 8;

    private final Sharding sharding;
    private final Cluster cluster;
    private final int[] heldTrained;
    private final int[] heldFrozen;
    private final int[] neededFor;
    private final int[] stops;
    private final double[] gradientFree;
    private final double messages;
    private Clock clock = new Clock(0, 0, 0, 0, 0, 0);

    Timeline(Sharding sharding, Cluster cluster) {
        this.sharding = sharding;
        this.cluster = cluster;
        var slots = sharding.ring().slots();
        this.heldTrained = nobody(slots);
        this.heldFrozen = nobody(slots);
        this.neededFor = nobody(slots);
        this.stops = new int[slots];
        this.gradientFree = new double[slots];
        this.messages = sharding.ranks() - 1.0;
    }

    private static int[] nobody(int slots) {
        var result = new int[slots];
        Arrays.fill(result, NOBODY);
        return result;
    }

    /**
     * A stop of a pass.
     *
     * @param compute seconds
     */
    record Stop(Visit visit, double compute) {}

    /**
     * What has passed.
     *
     * @param now when the last unit was computed
     * @param network when it has done all it was asked to
     * @param computing seconds
     * @param communicating seconds
     * @param gradientBytes sent by a rank
     * @param parameterBytes sent by a rank
     */
    record Clock(
            double now,
            double network,
            double computing,
            double communicating,
            double gradientBytes,
            double parameterBytes) {

        private Clock computed(double start, double seconds) {
            return new Clock(
                    start + seconds, network, computing + seconds, communicating, gradientBytes, parameterBytes);
        }

        private Clock sent(double seconds, double gradients, double parameters) {
            return new Clock(
                    now,
                    Math.max(now, network) + seconds,
                    computing,
                    communicating + seconds,
                    gradientBytes + gradients,
                    parameterBytes + parameters);
        }

        private Clock plus(Clock later, Clock earlier, double times) {
            return new Clock(
                    now + times * (later.now - earlier.now),
                    network + times * (later.network - earlier.network),
                    computing + times * (later.computing - earlier.computing),
                    communicating + times * (later.communicating - earlier.communicating),
                    gradientBytes + times * (later.gradientBytes - earlier.gradientBytes),
                    parameterBytes + times * (later.parameterBytes - earlier.parameterBytes));
        }

        /** As the time of a step that begins at 0. */
        StepTime time() {
            return new StepTime(computing, communicating, Math.max(0, Math.max(now, network) - computing));
        }
    }

    Clock clock() {
        return clock;
    }

    /**
     * Goes through a number of passes that are alike.
     *
     * @param sums whether gradients are summed
     */
    void passes(List<Stop> pass, boolean sums, long count) {
        var before = clock;
        for (var i = 0; i < Math.min(count, ENOUGH); i++) {
            before = clock;
            pass(pass, sums);
        }
        if (count > ENOUGH) {
            var after = clock;
            clock = after.plus(after, before, (double) count - ENOUGH);
            Arrays.setAll(gradientFree, slot -> gradientFree[slot] + clock.now() - after.now());
        }
    }

    /** Trained parameters have changed: what was brought together is of no use any more. */
    void forgetTrained() {
        Arrays.fill(heldTrained, NOBODY);
    }

    /** The same at time 0, nothing sent yet. */
    void restart() {
        clock = new Clock(0, 0, 0, 0, 0, 0);
        Arrays.fill(gradientFree, 0);
    }

    private void pass(List<Stop> pass, boolean sums) {
        var ready = new double[pass.size()];
        var incomplete = sharding.layout().buckets().stream()
                .mapToInt(bucket -> bucket.units().size())
                .toArray();
        var next = advance(pass, 0, ready);
        for (var i = 0; i < pass.size(); i++) {
            var visit = pass.get(i).visit();
            var bucket = sharding.layout().bucketOf(visit.unit());
            var start = Math.max(clock.now(), ready[i]);
            if (visit.backward() && sharding.stage().splits(ZeroStage.GRADIENTS)) {
                start = Math.max(start, gradientFree[sharding.gradientSlot(bucket)]);
            }
            clock = clock.computed(start, pass.get(i).compute());
            if (gathers(visit)) {
                stops[sharding.ring().slot(visit.unit())]--;
            }
            next = advance(pass, next, ready);
            if (visit.completes() && --incomplete[bucket] == 0 && sums) {
                sum(bucket);
            }
        }
    }

    private boolean gathers(Visit visit) {
        return visit.reads() && sharding.stage().splits(ZeroStage.PARAMETERS);
    }

    /** Begins as many gathers as there are buffers for. @return the first stop that has to wait for one */
    private int advance(List<Stop> pass, int from, double[] ready) {
        var next = from;
        while (next < pass.size()) {
            var visit = pass.get(next).visit();
            if (gathers(visit)) {
                var slot = sharding.ring().slot(visit.unit());
                if (stops[slot] > 0 && neededFor[slot] != visit.unit()) {
                    return next;
                }
                neededFor[slot] = visit.unit();
                stops[slot]++;
                ready[next] = gathered(visit.unit(), slot);
            }
            next++;
        }
        return next;
    }

    /** When a unit is there. */
    private double gathered(int unit, int slot) {
        var trained = sharding.trainedSent(unit);
        if (heldTrained[slot] != unit && trained > 0) {
            heldTrained[slot] = unit;
            clock = clock.sent(seconds(trained, 1), 0, trained);
        }
        var frozen = sharding.frozenSent(unit);
        if (heldFrozen[slot] != unit && frozen > 0) {
            heldFrozen[slot] = unit;
            clock = clock.sent(seconds(frozen, 1), 0, frozen);
        }
        return clock.network();
    }

    private void sum(int bucket) {
        var twice = sharding.stage() == ZeroStage.NOTHING ? 2 : 1;
        var bytes = twice * sharding.bucketSent(bucket);
        if (bytes > 0) {
            clock = clock.sent(seconds(bytes, twice), bytes, 0);
            gradientFree[sharding.gradientSlot(bucket)] = clock.network();
        }
    }

    /** After the optimizer's step everybody waits for the parameters that others have updated. */
    void publish() {
        var stage = sharding.stage();
        if (stage == ZeroStage.NOTHING || stage == ZeroStage.PARAMETERS) {
            return;
        }
        for (var bucket = 0; bucket < sharding.layout().buckets().size(); bucket++) {
            var bytes = sharding.bucketSent(bucket);
            if (bytes > 0) {
                clock = clock.sent(seconds(bytes, 1), 0, bytes);
            }
        }
    }

    private double seconds(double bytes, int rounds) {
        return cluster.seconds(bytes, rounds * messages, sharding.ranks());
    }
}
