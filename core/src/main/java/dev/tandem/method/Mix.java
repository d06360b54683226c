package dev.tandem.method;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Every step is on the weighted sum Σ_i w_i·f_i: a batch of each objective, one backward pass of the sum, one step.
 *
 * <p>Objectives of weight 0 are left out; their batches are not consumed.
 */
public final class Mix implements Method {
    private final StepPlan plan;

    /**
     * @param weights weight of every objective; none negative, sum one
     * @throws dev.tandem.UserException if they are not
     */
    public Mix(double[] weights) {
        var checked = ObjectiveWeights.of(weights);
        List<StepPlan.Term> terms = new ArrayList<>();
        for (var i = 0; i < checked.size(); i++) {
            if (checked.get(i) > 0.0) {
                terms.add(new StepPlan.Term(i, checked.get(i)));
            }
        }
        plan = new StepPlan(terms, false, Map.of());
    }

    @Override
    public StepPlan plan(int step, LossProbe probe) {
        return plan;
    }

    @Override
    public void observe(StepPlan plan, double[] losses) {
        // Losses change nothing.
    }

    @Override
    public MethodState state() {
        return new MethodState(Map.of());
    }

    @Override
    public void restore(MethodState state) {
        // There is no state.
    }
}
