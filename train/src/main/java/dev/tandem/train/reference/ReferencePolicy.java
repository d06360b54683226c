package dev.tandem.train.reference;

import dev.tandem.data.example.Example;
import dev.tandem.model.checkpoint.ModelLoader;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.ReferenceRecipe;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.train.policy.Policy;
import dev.tandem.train.policy.PolicyFactory;
import dev.tandem.train.policy.SequenceScorer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Device;

/**
 * Computes the reference policy's log-probs, once, before training. The reference is the policy as it is then, the same
 * base under another adapter or none (one copy of the base in memory), or another model, which is freed again.
 */
public final class ReferencePolicy {
    private final Recipe recipe;
    private final Policy policy;
    private final Device device;

    /** @param policy as it is before the first step */
    public ReferencePolicy(Recipe recipe, Policy policy, Device device) {
        this.recipe = recipe;
        this.policy = policy;
        this.device = device;
    }

    /** Whether the policy starts as the reference, so that all preference margins are zero before the first step. */
    public boolean startsAsReference() {
        return recipe.reference()
                .map(r -> sharesBase(r) && r.adapter().equals(recipe.lora().flatMap(l -> l.initFrom())))
                .orElse(true);
    }

    /** The device that it computes on, {@code cpu} or {@code cuda}, and the dtype of matrix products. */
    String deviceKind() {
        return (device.is_cpu() ? "cpu " : "cuda ")
                + policy.model().computation().productType().intern();
    }

    /** The ranks that compute it. */
    ReferenceRanks ranks() {
        return new ReferenceRanks(policy.ranks());
    }

    /**
     * Computes log π_ref(y|x) of examples, a share of them on every rank. Another reference model is in memory only during
     * this call.
     *
     * @param next receives the sums of the next examples' sequences, in order
     */
    void compute(List<Example> examples, Consumer<List<double[]>> next) {
        var reference = recipe.reference();
        if (reference.isEmpty()) {
            score(policy.scorer(), examples, next);
        } else if (sharesBase(reference.get())) {
            withOtherAdapter(reference.get().adapter(), examples, next);
        } else {
            withOtherModel(reference.get(), examples, next);
        }
    }

    private boolean sharesBase(ReferenceRecipe reference) {
        return reference.model().map(this::isPolicyBase).orElse(true);
    }

    private boolean isPolicyBase(Path model) {
        return model.toAbsolutePath()
                .normalize()
                .equals(recipe.model().toAbsolutePath().normalize());
    }

    private void withOtherAdapter(Optional<Path> path, List<Example> examples, Consumer<List<double[]>> next) {
        var model = policy.model();
        try (var owner = new TensorOwner()) {
            model.adapter(path.map(p -> LoraAdapter.read(p, model.layout(), device, owner)));
            score(policy.scorer(), examples, next);
        } finally {
            model.adapter(policy.adapter());
        }
    }

    private void withOtherModel(ReferenceRecipe reference, List<Example> examples, Consumer<List<double[]>> next) {
        try (var model = ModelLoader.load(
                reference.model().orElseThrow(),
                reference.adapter(),
                PolicyFactory.computation(recipe.train(), device))) {
            score(new SequenceScorer(model, policy.threads()), examples, next);
        }
    }

    private void score(SequenceScorer scorer, List<Example> examples, Consumer<List<double[]>> next) {
        ranks().compute(SequenceScorer.groups(examples), scorer, next);
    }
}
