package dev.tandem.experiment.benchmark;

import dev.tandem.eval.Interval;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model's score in a benchmark.
 *
 * @param value accuracy or win rate, from 0 to 1, with its 95 % interval
 * @param details all measurements, as {@code tandem eval} writes them
 */
public record BenchmarkScore(Interval value, ObjectNode details) {}
