package dev.tandem.experiment.benchmark;

import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/** One benchmark of a comparison. */
interface Benchmark {

    /**
     * Finds errors in its files and settings before any training begins.
     *
     * @throws dev.tandem.UserException if it cannot be run
     */
    void check();

    /** The total that progress counts up to. */
    long size();

    /**
     * Measures a model.
     *
     * @param progress receives how much of {@link #size} is done
     * @param cancelled checked regularly
     * @throws java.util.concurrent.CancellationException if it was cancelled; results worth keeping are kept
     * @throws dev.tandem.UserException if this model cannot be measured
     */
    BenchmarkScore run(Subject subject, LongConsumer progress, BooleanSupplier cancelled);
}
