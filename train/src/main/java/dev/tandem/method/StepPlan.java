package dev.tandem.method;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The plan of one step: the objectives that it takes a batch of, each with the weight of its gradient.
 *
 * @param terms objectives to step on, at least one
 * @param resetOptimizer whether the optimizer's moments are reset before this step (Sequential's switch)
 * @param combiner makes one gradient of the terms' gradients, in place of their weights; absent: their weighted sum
 * @param notes numbers worth logging beside the step (stale gaps, for example)
 * @param stage the part of the run that the learning rate's schedule and warm-up are over; absent: the whole run
 */
public record StepPlan(
        List<Term> terms,
        boolean resetOptimizer,
        Optional<GradientCombiner> combiner,
        Map<String, Double> notes,
        Optional<Stage> stage) {

    /**
     * One objective and the weight of its gradient in the step.
     *
     * @param objective its index
     * @param weight of its gradient; not used where gradients are combined otherwise
     */
    public record Term(int objective, double weight) {}

    /**
     * A part of a run that is like a run of its own.
     *
     * @param begin its first step
     * @param steps how many it has, above 0
     */
    public record Stage(int begin, int steps) {}

    public StepPlan {
        terms = List.copyOf(terms);
        notes = Map.copyOf(notes);
        if (terms.isEmpty()) {
            throw new IllegalArgumentException("a step needs at least one objective");
        }
    }

    /** A step of a method without stages. */
    public StepPlan(
            List<Term> terms, boolean resetOptimizer, Optional<GradientCombiner> combiner, Map<String, Double> notes) {
        this(terms, resetOptimizer, combiner, notes, Optional.empty());
    }

    /** A step on the weighted sum of the terms' gradients. */
    public StepPlan(List<Term> terms, boolean resetOptimizer, Map<String, Double> notes) {
        this(terms, resetOptimizer, Optional.empty(), notes);
    }

    /**
     * A step on one objective, unweighted.
     *
     * @param objective its index
     * @return the plan
     */
    public static StepPlan on(int objective) {
        return new StepPlan(List.of(new Term(objective, 1.0)), false, Map.of());
    }
}
