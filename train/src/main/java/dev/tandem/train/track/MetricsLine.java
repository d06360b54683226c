package dev.tandem.train.track;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A line of {@code metrics.jsonl} as its readers see it. Numbers in maps that are not finite, null in the file, are NaN; a
 * number by itself is absent then.
 */
public sealed interface MetricsLine {

    /**
     * The line about the data that was read.
     *
     * @param json the line
     */
    record Data(JsonNode json) implements MetricsLine {}

    /**
     * An optimizer step.
     *
     * @param step its number, from 0
     * @param objective names of the objectives stepped on, joined by {@code +}; empty if the line has none
     * @param losses of the batch before the update, by objective
     * @param notes what the method decided by
     * @param tokens read in the step
     * @param seconds it took
     * @param memoryBytes resident memory of the process
     */
    record Step(
            int step,
            String objective,
            Map<String, Double> losses,
            Map<String, Double> notes,
            OptionalDouble tokens,
            OptionalDouble seconds,
            OptionalDouble memoryBytes)
            implements MetricsLine {
        public Step {
            losses = new LinkedHashMap<>(losses);
            notes = new LinkedHashMap<>(notes);
        }
    }

    /**
     * An evaluation on the fixed sets.
     *
     * @param step steps done before it
     * @param losses by objective
     * @param gaps loss − f* by objective
     * @param idealDistance norm of the gaps
     * @param seconds it took
     */
    record Evaluation(
            int step,
            Map<String, Double> losses,
            Map<String, Double> gaps,
            OptionalDouble idealDistance,
            OptionalDouble seconds)
            implements MetricsLine {
        public Evaluation {
            losses = new LinkedHashMap<>(losses);
            gaps = new LinkedHashMap<>(gaps);
        }
    }

    /**
     * A line of a kind that this version does not write.
     *
     * @param type what it calls itself
     */
    record Other(String type) implements MetricsLine {}

    /** Parses a line; empty if no run writes such a line. */
    static Optional<MetricsLine> parse(String line) {
        try {
            return of(JsonMapper.shared().readTree(line));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** Parses a line; empty if no run writes such a line. */
    static Optional<MetricsLine> parse(byte[] bytes, int from, int length) {
        try {
            return of(JsonMapper.shared().readTree(bytes, from, length));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static Optional<MetricsLine> of(JsonNode json) {
        var type = json.path(MetricNames.TYPE);
        if (!type.isString()) {
            return Optional.empty();
        }
        return switch (type.stringValue()) {
            case MetricNames.DATA -> Optional.of(new Data(json));
            case MetricNames.STEP -> measured(json) ? Optional.of(step(json)) : Optional.empty();
            case MetricNames.EVALUATION -> measured(json) ? Optional.of(evaluation(json)) : Optional.empty();
            default -> Optional.of(new Other(type.stringValue()));
        };
    }

    private static boolean measured(JsonNode json) {
        var step = json.path(MetricNames.STEP);
        return step.isInt()
                && step.intValue() >= 0
                && json.path(MetricNames.LOSSES).isObject();
    }

    private static Step step(JsonNode json) {
        return new Step(
                json.path(MetricNames.STEP).intValue(),
                json.path(MetricNames.OBJECTIVE).asString(""),
                numbers(json.path(MetricNames.LOSSES)),
                numbers(json.path(MetricNames.NOTES)),
                number(json.path(MetricNames.TOKENS)),
                number(json.path(MetricNames.SECONDS)),
                number(json.path(MetricNames.MEMORY_BYTES)));
    }

    private static Evaluation evaluation(JsonNode json) {
        return new Evaluation(
                json.path(MetricNames.STEP).intValue(),
                numbers(json.path(MetricNames.LOSSES)),
                numbers(json.path(MetricNames.GAPS)),
                number(json.path(MetricNames.IDEAL_DISTANCE)),
                number(json.path(MetricNames.SECONDS)));
    }

    private static Map<String, Double> numbers(JsonNode map) {
        var result = new LinkedHashMap<String, Double>();
        map.properties()
                .forEach(entry ->
                        result.put(entry.getKey(), number(entry.getValue()).orElse(Double.NaN)));
        return result;
    }

    private static OptionalDouble number(JsonNode node) {
        return node.isNumber() && Double.isFinite(node.doubleValue())
                ? OptionalDouble.of(node.doubleValue())
                : OptionalDouble.empty();
    }
}
