package dev.tandem.train.bench;

import dev.tandem.recipe.TrainRecipe.Precision;
import java.util.OptionalInt;

/**
 * What to measure.
 *
 * @param shape the model
 * @param precision dtype of weights and activations
 * @param loraRank rank of the adapter on the query, key and value projections; 0: all parameters are trained
 * @param sftBatch instructions of a step
 * @param preferenceBatch pairs of a step
 * @param lengths of the examples
 * @param warmup steps of every workload before it is timed
 * @param steps timed steps of every workload
 * @param threads libtorch threads; absent: one per core
 * @param naive whether to measure the naive way as well
 * @param methods whether to measure the four methods
 */
public record BenchSettings(
        BenchShape shape,
        Precision precision,
        int loraRank,
        int sftBatch,
        int preferenceBatch,
        BenchLengths lengths,
        int warmup,
        int steps,
        OptionalInt threads,
        boolean naive,
        boolean methods) {}
