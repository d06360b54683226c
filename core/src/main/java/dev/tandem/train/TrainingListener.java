package dev.tandem.train;

/** Hears what happens during training: progress bars, metrics files, boards. Called on the training thread. */
public interface TrainingListener {

    /** After every optimizer step. */
    default void onStep(StepEvent event) {}

    /** After every evaluation on the fixed sets. */
    default void onEvaluation(EvaluationEvent event) {}

    /** Something the user should read. */
    default void onMessage(String message) {}

    /** A long piece of work outside the steps goes on: {@code done} of {@code total}. */
    default void onProgress(String what, long done, long total) {}
}
