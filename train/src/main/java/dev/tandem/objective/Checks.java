package dev.tandem.objective;

/** Argument checks that objectives share. */
final class Checks {
    private Checks() {}

    static void pairs(ScoredBatch part, boolean reference) {
        var policy = part.policy();
        if (policy.sequences() % 2 != 0) {
            throw new IllegalArgumentException(
                    "pairs are chosen, rejected, chosen, …: an even number of sequences, not " + policy.sequences());
        }
        if (reference && part.referenceSums().length != policy.sequences()) {
            throw new IllegalArgumentException(
                    policy.sequences() + " sequences need as many reference sums, not " + part.referenceSums().length);
        }
    }
}
