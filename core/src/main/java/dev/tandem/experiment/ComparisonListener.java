package dev.tandem.experiment;

import dev.tandem.experiment.benchmark.BenchmarkScore;
import dev.tandem.train.StepEvent;

/** Notified of the progress of a comparison. Called by one thread at a time. */
public interface ComparisonListener {

    /** Called with a message for the user. */
    default void onMessage(String message) {}

    /** Called with the progress of work that is not a run. */
    default void onProgress(String what, long done, long total) {}

    /**
     * Called when a run begins or resumes.
     *
     * @param stepsDone number of steps it resumes from; 0: it begins
     */
    default void onRunStart(PlannedRun run, int stepsDone) {}

    /** Called after a step of a run. */
    default void onStep(PlannedRun run, StepEvent event) {}

    /** Called when a run is done. */
    default void onRunEnd(PlannedRun run, FinishedRun result) {}

    /** Called when a run cannot continue; the others do. */
    default void onRunFailed(PlannedRun run, String why) {}

    /**
     * Called when a benchmark of a model is done.
     *
     * @param model {@code base}, {@code reference}, or a run's name
     */
    default void onBenchmark(String model, String benchmark, BenchmarkScore score) {}

    /** Called when a model cannot be benchmarked; everything else continues. */
    default void onBenchmarkFailed(String model, String benchmark, String why) {}
}
