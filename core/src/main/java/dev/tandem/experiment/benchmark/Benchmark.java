package dev.tandem.experiment.benchmark;

import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/** One benchmark of a comparison. */
interface Benchmark {

    /**
     * Finds mistakes in its files and settings before any training begins.
     *
     * @throws dev.tandem.UserException if it cannot be run
     */
    void check();

    /** What progress counts up to. */
    long size();

    /**
     * Puts a model through it.
     *
     * @param progress told how much of {@link #size} is done
     * @param cancelled asked now and then
     * @throws java.util.concurrent.CancellationException if it was cancelled; what is worth keeping stays
     * @throws dev.tandem.UserException if this model cannot be measured
     */
    BenchmarkScore run(Subject subject, LongConsumer progress, BooleanSupplier cancelled);
}
