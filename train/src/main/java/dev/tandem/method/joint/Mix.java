package dev.tandem.method.joint;

import dev.tandem.method.LossProbe;
import dev.tandem.method.Method;
import dev.tandem.method.MethodContext;
import dev.tandem.method.MethodRecipe;
import dev.tandem.method.MethodType;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.StepPlan;
import dev.tandem.method.StepWork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Every step is on the weighted sum Σ_i w_i·f_i: a batch of each objective, one backward pass of the sum, one step.
 *
 * <p>Objectives of weight 0 are left out; their batches are not consumed.
 */
public final class Mix implements Method {
    /** {@code name: mix}. */
    public static final MethodType TYPE = MethodType.weighted("mix", (section, weights) -> new Settings(weights));

    private final StepPlan plan;

    /** @param weights of the objectives */
    public Mix(ObjectiveWeights weights) {
        List<StepPlan.Term> terms = new ArrayList<>();
        for (var i = 0; i < weights.size(); i++) {
            if (weights.get(i) > 0.0) {
                terms.add(new StepPlan.Term(i, weights.get(i)));
            }
        }
        plan = new StepPlan(terms, false, Map.of());
    }

    /**
     * Mix in a recipe.
     *
     * @param weights of the objectives
     */
    public record Settings(ObjectiveWeights weights) implements MethodRecipe {
        @Override
        public MethodType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> settings() {
            return weights.settings();
        }

        @Override
        public Method create(MethodContext context) {
            return new Mix(weights.in(context.names()));
        }

        @Override
        public StepWork work(List<String> objectives, int steps) {
            return StepWork.joint(weights.in(objectives).values());
        }
    }

    @Override
    public StepPlan plan(int step, LossProbe probe) {
        return plan;
    }
}
