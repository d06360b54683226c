package dev.tandem.eval.score;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The result of an evaluation for one example.
 *
 * @param objective whose evaluation set it is in
 * @param where its row: {@code rows.jsonl:12}
 * @param loss its own: per trained token for SFT, of the pair for preferences
 * @param sequences the response, or the chosen one and the rejected one
 * @param statistics rewards, margin and accuracy of a pair; none for a single response
 */
public record EvaluatedExample(
        String objective, String where, double loss, List<Sequence> sequences, Map<String, Double> statistics) {
    public EvaluatedExample {
        sequences = List.copyOf(sequences);
        statistics = Map.copyOf(statistics);
    }

    /**
     * A response.
     *
     * @param tokens trained
     * @param logProb log π(y|x), nats
     * @param referenceLogProb log π_ref(y|x), nats; absent if the objective needs none
     */
    public record Sequence(int tokens, double logProb, Optional<Double> referenceLogProb) {}
}
