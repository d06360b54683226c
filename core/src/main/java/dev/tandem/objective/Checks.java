package dev.tandem.objective;

import dev.tandem.UserException;

/** Argument checks that objectives share. */
final class Checks {
    private Checks() {}

    static void normalizer(double normalizer) {
        if (!(normalizer > 0.0) || Double.isInfinite(normalizer)) {
            throw new IllegalArgumentException("the batch's normaliser must be a positive number, not " + normalizer);
        }
    }

    static void pairs(LogProbs policy, double[] referenceSums) {
        if (policy.sequences() % 2 != 0) {
            throw new IllegalArgumentException(
                    "pairs are chosen, rejected, chosen, …: an even number of sequences, not " + policy.sequences());
        }
        if (referenceSums.length != policy.sequences()) {
            throw new IllegalArgumentException(
                    policy.sequences() + " sequences need as many reference sums, not " + referenceSums.length);
        }
    }

    static void beta(double beta) {
        if (!(beta > 0.0) || Double.isInfinite(beta)) {
            throw new UserException("beta is " + beta + ", but a preference loss needs a beta above 0 (0.1 is usual)");
        }
    }
}
