package dev.tandem.train.event;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * An evaluation of all objectives on their fixed evaluation sets.
 *
 * @param step steps done before it
 * @param losses mean loss by objective name
 * @param gaps loss − f* by objective name, of the objectives whose optimum f* is known
 * @param idealDistance Euclidean norm of the gaps; absent if an optimum is unknown
 * @param statistics rewards, accuracy, margin, by {@code objective/name}
 * @param seconds it took
 */
public record EvaluationEvent(
        int step,
        Map<String, Double> losses,
        Map<String, Double> gaps,
        OptionalDouble idealDistance,
        Map<String, Double> statistics,
        double seconds) {
    public EvaluationEvent {
        losses = new LinkedHashMap<>(losses);
        gaps = new LinkedHashMap<>(gaps);
        statistics = new LinkedHashMap<>(statistics);
    }
}
