package dev.tandem.method.draw;

import dev.tandem.method.MethodState;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.StepRandom;

/**
 * Independent categorical draws: objective i with probability w_i. The draw of a step is a pure function of the seed
 * and the step number, so there is nothing to save and every rank draws the same.
 */
final class IndependentDraws implements DrawSequence {
    /** "alright" in ASCII. */
    private static final long NAME = 0x616c7269676874L;

    private final ObjectiveWeights weights;
    private final StepRandom random;

    IndependentDraws(ObjectiveWeights weights, long seed) {
        this.weights = weights;
        this.random = new StepRandom(seed, NAME);
    }

    @Override
    public int next(int step) {
        var u = random.at(step).nextDouble();
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
        return MethodState.NONE;
    }

    @Override
    public void restore(MethodState state) {
        // A draw follows from the step number.
    }
}
