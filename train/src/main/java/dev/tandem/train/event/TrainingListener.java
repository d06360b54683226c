package dev.tandem.train.event;

/** Receives what happens during training, for progress bars, metrics files and boards. Called on the training thread. */
public interface TrainingListener {

    /**
     * Called after every optimizer step.
     *
     * @param event the step, its losses and what the method decided by
     */
    default void onStep(StepEvent event) {}

    /**
     * Called after every evaluation on the fixed sets.
     *
     * @param event losses and gaps
     */
    default void onEvaluation(EvaluationEvent event) {}

    /**
     * Called with a message for the user.
     *
     * @param message a sentence or lines
     */
    default void onMessage(String message) {}

    /**
     * A long piece of work outside the steps has advanced: {@code done} of {@code total}.
     *
     * @param what the work, in a few words
     * @param done units so far
     * @param total units of the whole
     */
    default void onProgress(String what, long done, long total) {}
}
