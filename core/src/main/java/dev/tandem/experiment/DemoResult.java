package dev.tandem.experiment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the demo found.
 *
 * @param sftOptimum f*_SFT: the lowest SFT loss of training on instructions alone
 * @param preferenceOptimum f*_preference: the lowest preference loss of training on pairs alone
 * @param outcomes one per run, the two optima first
 * @param answers what the sequential and the joint models answer
 */
public record DemoResult(
        double sftOptimum, double preferenceOptimum, List<RunOutcome> outcomes, List<Answers> answers) {
    public DemoResult {
        outcomes = List.copyOf(outcomes);
        answers = List.copyOf(answers);
    }

    /**
     * Answers to one prompt.
     *
     * @param prompt what was asked
     * @param byRun answers by the run's name, in order
     */
    public record Answers(String prompt, Map<String, String> byRun) {
        public Answers {
            byRun = new LinkedHashMap<>(byRun);
        }
    }
}
