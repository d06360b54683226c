package dev.tandem.experiment.benchmark;

import dev.tandem.eval.Interval;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a model reached in a benchmark.
 *
 * @param value accuracy or win rate, from 0 to 1, with its 95 % interval
 * @param details all that was measured, as {@code tandem eval} writes it
 */
public record BenchmarkScore(Interval value, ObjectNode details) {}
