package dev.tandem.train.run;

import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.recipe.Recipe;
import dev.tandem.tensor.flat.ShardedParameters;
import dev.tandem.tensor.machine.ProcessMemory;
import dev.tandem.train.cost.ActivationMemory;
import dev.tandem.train.cost.MemoryEstimate;
import dev.tandem.train.policy.DTypes;
import dev.tandem.train.policy.Policy;
import dev.tandem.train.zero.CommunicationStats;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Sentences about a run, reported before the first step. */
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
                policy.model().spec().modelType(),
                all,
                trainable,
                how,
                recipe.train().precision().name().toLowerCase(Locale.ROOT),
                policy.model().device().str().getString(),
                widened(policy) ? " (which has no bf16 instructions: products in float32, rounded to bf16)" : "");
    }

    /** A rank or alpha of the recipe that the adapter to start with does not have. */
    static Optional<String> unusedRank(Recipe recipe, Policy policy) {
        var config = policy.adapter().map(LoraAdapter::config);
        return recipe.lora()
                .filter(lora -> lora.initFrom().isPresent())
                .filter(lora -> config.filter(c -> lora.contradicts(c.rank(), c.alpha(), Set.copyOf(c.targets())))
                        .isPresent())
                .map(lora -> "Warning: the adapter of lora.init-from has rank "
                        + config.orElseThrow().rank() + ", alpha "
                        + config.orElseThrow().alpha() + " and targets "
                        + config.orElseThrow().targets()
                        + ", which are used. Remove rank, alpha and targets from the recipe's lora section.");
    }

    private static boolean widened(Policy policy) {
        var computation = policy.model().computation();
        return computation.type().intern() != computation.productType().intern();
    }

    /** A tile of logits and a working copy of it on each replica. */
    private static long headBytes(Policy policy) {
        var model = policy.model();
        return 2L
                * policy.threads().count()
                * model.computation().headTiles().bytes(model.spec().vocabSize());
    }

    static MemoryEstimate memory(Recipe recipe, Policy policy, RunData data) {
        var bytes = DTypes.of(recipe.train().precision()).bytes();
        var ranks = policy.ranks().size();
        var estimate = MemoryEstimate.of(
                policy.model().layout().elements(),
                policy.parameters().elements(),
                policy.adapter().isEmpty(),
                new ActivationMemory(
                        policy.model().spec(),
                        bytes,
                        policy.model().computation().checkpointActivations()),
                widened(policy) ? Float.BYTES : bytes,
                policy.threads().count(),
                (data.largestMicroBatch() + ranks - 1) / ranks,
                headBytes(policy));
        var method = recipe.method()
                .work(List.copyOf(recipe.objectives().keySet()), recipe.train().steps());
        return (ranks == 1 ? estimate : ofRank(estimate, policy))
                .plusOptimizer(method.gradientBuffers()
                        * Float.BYTES
                        * policy.parameters().ownedElements());
    }

    /** Tensors that are split are counted by their actual size: they are allocated already. */
    private static MemoryEstimate ofRank(MemoryEstimate estimate, Policy policy) {
        var moments = 2 * Float.BYTES * policy.parameters().ownedElements();
        return new MemoryEstimate(
                policy.frozen().map(ShardedParameters::bytes).orElse(estimate.weights()),
                policy.parameters().bytes() + moments,
                estimate.activations(),
                estimate.head());
    }

    /** The estimate, with its rank where there are several. */
    static String memory(Recipe recipe, Policy policy, MemoryEstimate estimate) {
        var ranks = policy.ranks();
        return ranks.size() == 1
                ? "Memory estimate: " + estimate
                : "Memory estimate of rank " + ranks.rank() + " of " + ranks.size() + ", ZeRO stage "
                        + recipe.train().zeroStage().number() + ": " + estimate;
    }

    /** The traffic between ranks, and the memory that this one needed. */
    static String exchanged(CommunicationStats.Sum traffic) {
        var peak = ProcessMemory.peak();
        return "Exchanged with the other ranks: " + traffic
                + (peak.isPresent()
                        ? String.format(Locale.ROOT, "; at most %,d MiB resident", peak.getAsLong() >> 20)
                        : "");
    }
}
