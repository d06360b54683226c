package dev.tandem.objective;

import dev.tandem.UserException;

/** Argument checks that objectives share. */
final class Checks {
    private Checks() {}

    static void pairs(ScoredBatch part) {
        var policy = part.policy();
        if (policy.sequences() % 2 != 0) {
            throw new IllegalArgumentException(
                    "pairs are chosen, rejected, chosen, …: an even number of sequences, not " + policy.sequences());
        }
        if (part.referenceSums().length != policy.sequences()) {
            throw new IllegalArgumentException(
                    policy.sequences() + " sequences need as many reference sums, not " + part.referenceSums().length);
        }
    }

    static void beta(double beta) {
        if (!(beta > 0.0) || Double.isInfinite(beta)) {
            throw new UserException("beta is " + beta + ", but a preference loss needs a beta above 0 (0.1 is usual)");
        }
    }
}
