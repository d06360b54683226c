package dev.tandem.method;

import java.util.List;
import java.util.Map;

/**
 * One objective after the other: each stage a number of steps on one objective. The optimizer's moments start afresh
 * at each switch, as in a new run from the last stage's model.
 *
 * <p>Beyond the last stage's steps, the last stage goes on. A stage may have no steps at all.
 */
public final class Sequential implements Method {
    private final List<Integer> order;
    private final List<Integer> stageSteps;

    /**
     * @param order objective index of each stage
     * @param stageSteps steps of each stage, none negative
     * @throws IllegalArgumentException if there is no stage, the two lists differ in length or a number is negative
     */
    public Sequential(List<Integer> order, List<Integer> stageSteps) {
        this.order = List.copyOf(order);
        this.stageSteps = List.copyOf(stageSteps);
        if (order.isEmpty() || order.size() != stageSteps.size()) {
            throw new IllegalArgumentException(order.size() + " stages with " + stageSteps.size() + " step counts");
        }
        if (order.stream().anyMatch(i -> i < 0) || stageSteps.stream().anyMatch(n -> n < 0)) {
            throw new IllegalArgumentException("negative objective or step count: " + order + ", " + stageSteps);
        }
    }

    @Override
    public StepPlan plan(int step, LossProbe probe) {
        var stage = stage(step);
        var switched = step > 0 && stage != stage(step - 1);
        return new StepPlan(List.of(new StepPlan.Term(order.get(stage), 1.0)), switched, Map.of());
    }

    private int stage(int step) {
        var end = 0L;
        for (var stage = 0; stage < order.size(); stage++) {
            end += stageSteps.get(stage);
            if (step < end) {
                return stage;
            }
        }
        return lastStageWithSteps();
    }

    private int lastStageWithSteps() {
        var stage = order.size() - 1;
        while (stage > 0 && stageSteps.get(stage) == 0) {
            stage--;
        }
        return stage;
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
        // The stage follows from the step number.
    }
}
