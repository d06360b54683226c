package dev.tandem.plan;

import dev.tandem.recipe.ZeroStage;
import dev.tandem.train.zero.ModelPass.Visit;
import dev.tandem.train.zero.UnitSchedule;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Goes through passes as the engine does, by the engine's {@link UnitSchedule}, beside a network that does one thing at a time
 * in the order it is asked.
 */
final class Timeline {
    /** So many passes that are alike are gone through; the next take as long as the last of these. */
    private static final int ENOUGH = 8;

    private final ShardLayout sharding;
    private final Cluster cluster;
    private final UnitSchedule schedule;
    private final double messages;

    /** Buckets whose gradients are being summed, in the order in which they will have been. */
    private final Deque<Reduction> reductions = new ArrayDeque<>();

    private Clock clock = new Clock(0, 0, 0, 0, 0, 0);

    Timeline(ShardLayout sharding, Cluster cluster) {
        this.sharding = sharding;
        this.cluster = cluster;
        this.schedule = sharding.schedule();
        this.messages = sharding.ranks() - 1.0;
    }

    /** @param end when the network has done it */
    private record Reduction(int bucket, double end) {}

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
            var later = reductions.stream()
                    .map(r -> new Reduction(r.bucket(), r.end() + clock.now() - after.now()))
                    .toList();
            reductions.clear();
            reductions.addAll(later);
        }
    }

    /** Trained parameters have changed: what was brought together is of no use any more. */
    void forgetTrained() {
        schedule.forgetTrained();
    }

    /** The same at time 0, nothing sent yet. */
    void restart() {
        clock = new Clock(0, 0, 0, 0, 0, 0);
        reductions.forEach(reduction -> schedule.reduced(reduction.bucket()));
        reductions.clear();
    }

    private void pass(List<Stop> pass, boolean sums) {
        while (!reductions.isEmpty() && reductions.element().end() <= clock.now()) {
            schedule.reduced(reductions.remove().bucket());
        }
        var ready = new double[pass.size()];
        schedule.begin(pass.stream().map(Stop::visit).toList(), 1, sums);
        gather(ready);
        for (var i = 0; i < pass.size(); i++) {
            var stop = pass.get(i);
            var unit = stop.visit().unit();
            clock = clock.computed(entered(i, unit, Math.max(clock.now(), ready[i])), stop.compute());
            var complete = schedule.left(i, unit);
            gather(ready);
            complete.ifPresent(this::sum);
        }
    }

    /**
     * When a unit can be computed: its gradient's buffer may still be summed.
     *
     * @param earliest when its parameters are there and the unit before is computed
     */
    private double entered(int position, int unit, double earliest) {
        var start = earliest;
        while (!schedule.tryEnter(position, unit)) {
            var first = reductions.remove();
            start = Math.max(start, first.end());
            schedule.reduced(first.bucket());
        }
        return start;
    }

    /** Begins as many gathers as there are buffers for. */
    private void gather(double[] ready) {
        for (var gather : schedule.startable()) {
            if (gather.trained()) {
                send(sharding.trainedSent(gather.unit()));
            }
            if (gather.frozen()) {
                send(sharding.frozenSent(gather.unit()));
            }
            ready[gather.position()] = clock.network();
            schedule.arrived(gather.position());
        }
    }

    /** Parameters go over the network. */
    private void send(double bytes) {
        if (bytes > 0) {
            clock = clock.sent(seconds(bytes, 1), 0, bytes);
        }
    }

    private void sum(int bucket) {
        var twice = sharding.stage() == ZeroStage.NOTHING ? 2 : 1;
        var bytes = twice * sharding.bucketSent(bucket);
        if (bytes > 0) {
            clock = clock.sent(seconds(bytes, twice), bytes, 0);
        }
        reductions.add(new Reduction(bucket, clock.network()));
    }

    /** After the optimizer's step everybody waits for the parameters that others have updated. */
    void publish() {
        var stage = sharding.stage();
        if (stage == ZeroStage.NOTHING || stage == ZeroStage.PARAMETERS) {
            return;
        }
        for (var bucket = 0; bucket < sharding.layout().buckets().size(); bucket++) {
            send(sharding.bucketSent(bucket));
        }
    }

    private double seconds(double bytes, int rounds) {
        return cluster.seconds(bytes, rounds * messages, sharding.ranks());
    }
}
