package dev.tandem.cli.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The curves in a run's {@code metrics.jsonl}. Seconds are those of training steps, added up; unknown values are NaN.
 *
 * @param evaluations step, seconds, loss of the first and of the second objective on evaluation data
 * @param training by objective: step, seconds, smoothed loss of the batches
 * @param choices of a method that chooses by gaps: step, share of steps on the second objective, weighted gap of the
 *     first and of the second objective
 * @param data the line about the data, if there is one
 * @param skipped lines that could not be read
 */
record RunSeries(
        List<double[]> evaluations,
        Map<String, List<double[]>> training,
        List<double[]> choices,
        Optional<JsonNode> data,
        int skipped) {
    static final RunSeries NONE = new RunSeries(List.of(), Map.of(), List.of(), Optional.empty(), 0);
}
