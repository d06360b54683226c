package dev.tandem.train;

import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.TrainRecipe.Precision;
import java.util.Locale;

/** Sentences about a run, said before the first step. */
final class RunDescription {
    private RunDescription() {}

    static String policy(Recipe recipe, Policy policy) {
        var all = policy.model().layout().elements();
        var trainable = policy.parameters().elements();
        var how = policy.adapter()
                .map(a -> "LoRA r=" + a.config().rank() + " on " + a.modules().size() + " modules")
                .orElse("all parameters");
        return String.format(
                Locale.ROOT,
                "Policy: %s, %,d parameters, %,d trainable (%s), %s on %s%s",
                policy.model().config().family().modelType(),
                all,
                trainable,
                how,
                recipe.train().precision().name().toLowerCase(Locale.ROOT),
                policy.model().device().str().getString(),
                widened(policy) ? " (which has no bf16 instructions: products in float32, rounded to bf16)" : "");
    }

    private static boolean widened(Policy policy) {
        var computation = policy.model().computation();
        return computation.type().intern() != computation.productType().intern();
    }

    /** A tile of logits and a working copy of it on each lane. */
    private static long headBytes(Policy policy) {
        var model = policy.model();
        return 2L
                * policy.threads().count()
                * model.computation().headTiles().bytes(model.config().vocabSize());
    }

    static MemoryEstimate memory(Recipe recipe, Policy policy, RunData data) {
        var bytes = recipe.train().precision() == Precision.BF16 ? 2 : Float.BYTES;
        return MemoryEstimate.of(
                policy.model().layout().elements(),
                policy.parameters().elements(),
                policy.adapter().isEmpty(),
                new KeptActivations(
                        policy.model().config(), bytes, recipe.train().checkpointActivations()),
                widened(policy) ? Float.BYTES : bytes,
                policy.threads().count(),
                data.largestMicroBatch(),
                headBytes(policy));
    }
}
