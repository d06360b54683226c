package dev.tandem.train;

import dev.tandem.data.Example;
import dev.tandem.model.CausalLm;
import dev.tandem.model.LoraAdapter;
import dev.tandem.model.ModelLoader;
import dev.tandem.objective.LogProbs;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.ReferenceRecipe;
import dev.tandem.tensor.TensorOwner;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Device;

/**
 * Computes the reference policy's log-probs, once, before training. The reference is the policy as it is then, the same
 * base under another adapter or none (one copy of the base in memory), or another model, which is freed again.
 */
final class ReferencePolicy {
    private final Recipe recipe;
    private final Policy policy;
    private final Device device;

    /** @param policy as it is before the first step */
    ReferencePolicy(Recipe recipe, Policy policy, Device device) {
        this.recipe = recipe;
        this.policy = policy;
        this.device = device;
    }

    /** Whether the policy starts as the reference, so that all preference margins are zero before the first step. */
    boolean startsAsReference() {
        return recipe.reference()
                .map(r -> sharesBase(r) && r.adapter().equals(recipe.lora().flatMap(l -> l.from())))
                .orElse(true);
    }

    /** Computes log π_ref(y|x) of examples. */
    ReferenceLogProbs compute(List<Example> examples, LongConsumer progress) {
        var reference = recipe.reference();
        if (reference.isEmpty()) {
            return score(policy.model(), examples, progress);
        }
        return sharesBase(reference.get())
                ? withOtherAdapter(reference.get().adapter(), examples, progress)
                : withOtherModel(reference.get(), examples, progress);
    }

    private boolean sharesBase(ReferenceRecipe reference) {
        return reference.model().map(this::isPolicyBase).orElse(true);
    }

    private boolean isPolicyBase(Path model) {
        return model.toAbsolutePath()
                .normalize()
                .equals(recipe.model().toAbsolutePath().normalize());
    }

    private ReferenceLogProbs withOtherAdapter(Optional<Path> path, List<Example> examples, LongConsumer progress) {
        var model = policy.model();
        try (var owner = new TensorOwner()) {
            model.adapter(path.map(p -> LoraAdapter.read(p, model.layout(), device, owner)));
            return score(model, examples, progress);
        } finally {
            model.adapter(policy.adapter());
        }
    }

    private ReferenceLogProbs withOtherModel(ReferenceRecipe reference, List<Example> examples, LongConsumer progress) {
        try (var model = ModelLoader.load(
                        reference.model().orElseThrow(), PolicyFactory.computation(recipe.train(), device));
                var owner = new TensorOwner()) {
            model.adapter(reference.adapter().map(p -> LoraAdapter.read(p, model.layout(), device, owner)));
            return score(model, examples, progress);
        }
    }

    private ReferenceLogProbs score(CausalLm model, List<Example> examples, LongConsumer progress) {
        var sums = new SequenceScorer(model, policy.threads())
                .score(examples, progress).stream().map(ReferencePolicy::sums).toList();
        return ReferenceLogProbs.of(examples, sums);
    }

    private static double[] sums(LogProbs logProbs) {
        return IntStream.range(0, logProbs.sequences())
                .mapToDouble(logProbs::sum)
                .toArray();
    }
}
