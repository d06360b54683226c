package dev.tandem.objective;

import java.util.List;

/**
 * The divisors of a loss's means: counts of the whole batch of an optimizer step, on all ranks, however it is split.
 *
 * @param examples examples of the batch, above 0
 * @param trainedTokens trained tokens of all first sequences, then of all second ones, {@code [sequences of an example]}
 */
public record BatchCounts(int examples, List<Long> trainedTokens) {

    /** @throws IllegalArgumentException if there is no example or no sequence, or a count is below 0 */
    public BatchCounts {
        trainedTokens = List.copyOf(trainedTokens);
        if (examples < 1 || trainedTokens.isEmpty() || trainedTokens.stream().anyMatch(tokens -> tokens < 0)) {
            throw new IllegalArgumentException("a batch has one example or more, and no count below 0, but not "
                    + examples + " examples with " + trainedTokens + " trained tokens");
        }
    }
}
