package dev.tandem.method;

import java.util.Map;
import java.util.SplittableRandom;

/**
 * Independent categorical draws: objective i with probability w_i. The draw of a step is a pure function of the seed
 * and the step number, so there is nothing to save and every rank draws alike.
 */
final class IndependentDraws implements DrawSequence {
    /** Sets this stream of numbers apart from others made from the same seed ("alright" in ASCII). */
    private static final long NAME = 0x616c7269676874L;

    /** SplitMix64 walks its states by this odd constant, 2⁶⁴ divided by the golden ratio. */
    private static final long STRIDE = 0x9e3779b97f4a7c15L;

    private final ObjectiveWeights weights;
    private final long key;

    IndependentDraws(ObjectiveWeights weights, long seed) {
        this.weights = weights;
        this.key = new SplittableRandom(seed ^ NAME).nextLong();
    }

    @Override
    public int next(int step) {
        var u = new SplittableRandom(key + step * STRIDE).nextDouble();
        var last = 0;
        for (var i = 0; i < weights.size(); i++) {
            if (weights.get(i) > 0.0) {
                if (u < weights.get(i)) {
                    return i;
                }
                u -= weights.get(i);
                last = i;
            }
        }
        // Rounding left a sliver above the last weight.
        return last;
    }

    @Override
    public MethodState state() {
        return new MethodState(Map.of());
    }

    @Override
    public void restore(MethodState state) {
        // A draw follows from the step number.
    }
}
