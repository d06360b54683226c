package dev.tandem.experiment;

import dev.tandem.experiment.benchmark.BenchmarkScore;
import dev.tandem.train.StepEvent;

/** Hears how a comparison goes. Called by one thread at a time. */
public interface ComparisonListener {

    /** Something the user should read. */
    default void onMessage(String message) {}

    /** Work that is no run goes on. */
    default void onProgress(String what, long done, long total) {}

    /**
     * A run begins or goes on.
     *
     * @param stepsDone where it goes on from; 0: it begins
     */
    default void onRunStart(PlannedRun run, int stepsDone) {}

    /** A run made a step. */
    default void onStep(PlannedRun run, StepEvent event) {}

    /** A run is done. */
    default void onRunEnd(PlannedRun run, FinishedRun result) {}

    /** A run cannot go on; the others do. */
    default void onRunFailed(PlannedRun run, String why) {}

    /**
     * A benchmark of a model is done.
     *
     * @param model {@code base}, {@code reference}, or a run's name
     */
    default void onBenchmark(String model, String benchmark, BenchmarkScore score) {}

    /** A model cannot be put through a benchmark; all else goes on. */
    default void onBenchmarkFailed(String model, String benchmark, String why) {}
}
