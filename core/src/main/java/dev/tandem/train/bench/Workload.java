package dev.tandem.train.bench;

import java.util.Map;

/** A workload that is measured step by step. */
interface Workload {

    /**
     * One measured step.
     *
     * @param seconds duration of the step
     * @param loss training loss before the update, over all objectives in the step
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

    /** The name in reports. */
    String name();

    /** Runs one step on the next batch. */
    Step step();
}
