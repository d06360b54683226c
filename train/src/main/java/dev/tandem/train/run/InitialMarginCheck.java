package dev.tandem.train.run;

import dev.tandem.UserException;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.train.loop.ObjectiveTask;
import dev.tandem.train.policy.Policy;
import java.util.Locale;

/**
 * Checks, before the first step, that a policy which starts as the reference gives the reference's log-probs: the
 * initial preference margin must be zero within float noise. It is not if the reference was built from other weights
 * than meant, the most common silent mistake of preference learning.
 */
final class InitialMarginCheck {
    private InitialMarginCheck() {}

    /** @throws UserException if a sequence's log-prob differs from the reference's by more than rounding can explain */
    static void require(Policy policy, ObjectiveTask task, Precision precision) {
        var next = task.batches().peek();
        var batch = task.microBatches().of(next.examples()).get(0);
        var packed = PackedSequences.of(
                batch.stream().flatMap(e -> e.sequences().stream()).toList());
        var logProbs = policy.logProbs(packed);
        var reference = next.reference().of(batch);
        for (var s = 0; s < logProbs.sequences(); s++) {
            var difference = Math.abs(logProbs.sum(s) - reference[s]);
            if (!(difference <= tolerance(precision, logProbs.length(s)))) {
                throw new UserException(String.format(
                        Locale.ROOT,
                        "Objective %s: before the first step the policy's log-prob of a response is %.6f, the"
                                + " reference's %.6f, although the policy starts as the reference. The initial margin must be"
                                + " zero; check that model, lora.init-from and reference name the weights you mean.",
                        task.name(),
                        logProbs.sum(s),
                        reference[s]));
            }
        }
    }

    /** Rounding of one token's log-prob, growing with the root of their number. */
    private static double tolerance(Precision precision, int tokens) {
        return (precision == Precision.BF16 ? 0.1 : 1e-3) * Math.sqrt(Math.max(1, tokens));
    }
}
