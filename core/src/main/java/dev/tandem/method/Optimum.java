package dev.tandem.method;

import java.util.Map;

/** Every step is on one objective, the others are ignored: how its optimum f* is measured. */
public final class Optimum implements Method {
    private final StepPlan plan;

    /** @param objective index of the objective */
    public Optimum(int objective) {
        plan = StepPlan.on(objective);
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
