package dev.tandem.train.bench;

import java.util.Map;

/** Something that is measured step by step. */
interface Workload {

    /**
     * One step.
     *
     * @param seconds it took
     * @param loss training loss before the update, all objectives stepped on together
     * @param tokens input tokens of the batches, by objective: every token of every sequence, no padding
     */
    record Step(double seconds, double loss, Map<String, Long> tokens) {
        public Step {
            tokens = Map.copyOf(tokens);
        }

        long allTokens() {
            return tokens.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** How reports call it. */
    String name();

    /** Does one step on the next batch. */
    Step step();
}
