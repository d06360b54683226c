package dev.tandem.cli.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a run's {@code metrics.jsonl} says. Seconds are those of training steps, added up; what is not known is NaN.
 *
 * @param evaluations step, seconds, loss of the first and of the second objective on evaluation data
 * @param training by objective: step, seconds, smoothed loss of the batches
 * @param choices of a method that looks at gaps: step, share of steps on the second objective, weighted gap of the
 *     first and of the second objective
 * @param data the line about the data, if there is one
 * @param skipped lines that could not be read
 */
record RunCurves(
        List<double[]> evaluations,
        Map<String, List<double[]>> training,
        List<double[]> choices,
        Optional<JsonNode> data,
        int skipped) {
    static final RunCurves NONE = new RunCurves(List.of(), Map.of(), List.of(), Optional.empty(), 0);
}
