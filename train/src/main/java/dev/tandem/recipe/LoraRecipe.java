package dev.tandem.recipe;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A low-rank adapter.
 *
 * @param rank r
 * @param alpha the adapter's output is scaled by alpha / rank
 * @param dropout probability of zeroing an input of A while training
 * @param targets module names ({@code q_proj}, {@code query_key_value}, …) or the single word {@code all-linear}
 * @param from a PEFT adapter directory to start with; its rank, alpha and targets take precedence
 */
public record LoraRecipe(int rank, double alpha, double dropout, List<String> targets, Optional<Path> initFrom) {
    public LoraRecipe {
        targets = List.copyOf(targets);
    }

    /** This adapter, initialised with the one of a folder. */
    public LoraRecipe startingFrom(Path adapter) {
        return new LoraRecipe(rank, alpha, dropout, targets, Optional.of(adapter));
    }
}
