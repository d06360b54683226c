package dev.tandem.method;

/**
 * A pure policy over N objectives: says at every step which of them to step on and with what weight. It sees losses
 * only, so the same classes drive a language model and a convex problem with a known optimum.
 *
 * <p>A method may be stateful (draws, stale gaps); {@link #state} and {@link #restore} make it exactly resumable. One whose
 * plans follow from the step's number alone implements {@link #plan} and nothing else.
 */
public interface Method {

    /**
     * Decides step {@code step} (0-based). Called once per step, in order.
     *
     * @param step step number
     * @param probe gives the loss of an objective on its <em>next</em> batch, without consuming the batch; a method calls
     *     it only when it needs it
     * @return the objectives to step on, and their weights
     */
    StepPlan plan(int step, LossProbe probe);

    /**
     * Receives, after the step, the loss of every objective the plan stepped on: the training loss before the update, unless
     * the method {@linkplain #observesAfterStep observes after the step}. Not called after a step that was skipped because
     * its loss or gradient was not finite.
     *
     * @param plan what {@link #plan} returned for this step
     * @param losses loss of each term of the plan, in the plan's order
     */
    default void observe(StepPlan plan, double[] losses) {}

    /**
     * Whether {@link #observe} receives the losses of the step's batches after the update, without dropout, in place of
     * those before it. They cost a forward pass of each term, which {@link StepWork#probes} has to count. The losses before
     * the update are those that {@link #plan} finds by its probe; the step does not repeat that pass.
     *
     * @return false for most; the same throughout a run
     */
    default boolean observesAfterStep() {
        return false;
    }

    /**
     * Everything that is needed to continue exactly from here.
     *
     * @return numbers that {@link #restore} takes, in this or another process
     */
    default MethodState state() {
        return MethodState.NONE;
    }

    /**
     * Restores a {@link #state}.
     *
     * @param state what {@link #state} gave
     */
    default void restore(MethodState state) {}
}
