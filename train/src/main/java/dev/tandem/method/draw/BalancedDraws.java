package dev.tandem.method.draw;

import dev.tandem.method.MethodState;
import dev.tandem.method.ObjectiveWeights;
import java.util.Arrays;
import java.util.HashMap;
import java.util.SplittableRandom;

/**
 * A low-discrepancy sequence: after any n draws, every objective was drawn within 1 of w_i·n times.
 *
 * <p>Every objective i is owed A_i(n) = w_i·n + φ_i draws after n steps, Σφ_i = 0, and has had c_i. With M objectives
 * of positive weight and δ = 1/(2M−2), a step draws, among those owed at least δ, the one that would first be owed
 * more than 1−δ if passed over: smallest (1 − δ − (A_i − c_i)) / w_i. That keeps |A_i − c_i| ≤ 1−δ forever (Tijdeman,
 * <i>The chairman assignment problem</i>, Discrete Mathematics 32, 1980; the proof uses only that the A_i grow by w_i
 * and sum to n, so phases do not disturb it). Phases |φ_i| ≤ δ, from the seed, make sequences of different seeds
 * differ. For two objectives φ is uniform in [−½, ½] and the sequence is systematic sampling: over all seeds, each
 * step draws objective i with probability w_i exactly.
 */
final class BalancedDraws implements DrawSequence {
    /** Separates these random numbers from others made from the same seed ("balanced" in ASCII). */
    private static final long NAME = 0x62616c616e636564L;

    /** Draws owed are sums of doubles near 1/2; a comparison with δ must not depend on their last bits. */
    private static final double ROUNDING = 1e-9;

    private final ObjectiveWeights weights;
    private final double delta;
    private final double[] phases;
    private final long[] counts;

    BalancedDraws(ObjectiveWeights weights, long seed) {
        this.weights = weights;
        this.delta = weights.positive() > 1 ? 1.0 / (2 * weights.positive() - 2) : 0.0;
        this.phases = phases(weights, delta, new SplittableRandom(seed ^ NAME));
        this.counts = new long[weights.size()];
    }

    /** A random direction of sum zero whose largest part is 1, times a uniform number in [−δ, δ]. */
    private static double[] phases(ObjectiveWeights weights, double delta, SplittableRandom random) {
        var phases = new double[weights.size()];
        var mean = 0.0;
        for (var i = 0; i < phases.length; i++) {
            if (weights.get(i) > 0.0) {
                phases[i] = random.nextDouble();
                mean += phases[i] / weights.positive();
            }
        }
        var largest = Double.MIN_NORMAL;
        for (var i = 0; i < phases.length; i++) {
            phases[i] = weights.get(i) > 0.0 ? phases[i] - mean : 0.0;
            largest = Math.max(largest, Math.abs(phases[i]));
        }
        var scale = delta * (2.0 * random.nextDouble() - 1.0) / largest;
        return Arrays.stream(phases).map(phase -> phase * scale).toArray();
    }

    @Override
    public int next(int step) {
        var chosen = -1;
        var earliest = Double.POSITIVE_INFINITY;
        for (var i = 0; i < counts.length; i++) {
            if (weights.get(i) > 0.0) {
                var owed = weights.get(i) * (step + 1.0) + phases[i] - counts[i];
                var deadline = (1.0 - delta - owed) / weights.get(i);
                if (owed >= delta - ROUNDING && deadline < earliest) {
                    chosen = i;
                    earliest = deadline;
                }
            }
        }
        if (chosen < 0) {
            throw new IllegalStateException("steps must be planned once each, in order; step " + step + " was not");
        }
        counts[chosen]++;
        return chosen;
    }

    @Override
    public MethodState state() {
        var values = new HashMap<String, Double>();
        for (var i = 0; i < counts.length; i++) {
            values.put("count/" + i, (double) counts[i]);
        }
        return new MethodState(values);
    }

    @Override
    public void restore(MethodState state) {
        for (var i = 0; i < counts.length; i++) {
            counts[i] = (long) state.value("count/" + i);
        }
    }
}
