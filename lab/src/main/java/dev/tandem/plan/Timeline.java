package dev.tandem.plan;

import dev.tandem.recipe.ZeroStage;
import dev.tandem.train.zero.ModelPass.Visit;
import dev.tandem.train.zero.UnitSchedule;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Simulates passes as the engine does them, by the engine's {@link UnitSchedule}, with a network that does one operation at
 * a time in the order of the requests.
 */
final class Timeline {
    /** The number of equal passes that are simulated; further ones take as long as the last of these. */
    private static final int ENOUGH = 8;

    private final ShardLayout sharding;
    private final Cluster cluster;
    private final UnitSchedule schedule;
    private final double messages;

    /** Buckets whose gradients are being summed, in the order in which they will finish. */
    private final Deque<Reduction> reductions = new ArrayDeque<>();

    private Clock clock = new Clock(0, 0, 0, 0, 0, 0);

    Timeline(ShardLayout sharding, Cluster cluster) {
        this.sharding = sharding;
        this.cluster = cluster;
        this.schedule = sharding.schedule();
        this.messages = sharding.ranks() - 1.0;
    }

    /** @param end when the network has finished it */
    private record Reduction(int bucket, double end) {}

    /**
     * A stop of a pass.
     *
     * @param compute seconds
     */
    record Stop(Visit visit, double compute) {}

    /**
     * The time and the traffic so far.
     *
     * @param now when the last unit was computed
     * @param network when it has finished all requests
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

        /** This state as the time of a step that begins at 0. */
        StepTime time() {
            return new StepTime(computing, communicating, Math.max(0, Math.max(now, network) - computing));
        }
    }

    Clock clock() {
        return clock;
    }

    /**
     * Simulates a number of equal passes.
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

    /** Trained parameters have changed: what was gathered of them is not valid any more. */
    void forgetTrained() {
        schedule.forgetTrained();
    }

    /** The state at time 0, with nothing sent yet. */
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
     * When a unit can be computed: the sum of its gradient's buffer may still be in progress.
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

    /** Sends parameters over the network. */
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

    /** After the optimizer's step every rank waits for the parameters that others have updated. */
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
