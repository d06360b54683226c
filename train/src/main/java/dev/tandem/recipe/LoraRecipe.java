package dev.tandem.recipe;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A low-rank adapter.
 *
 * @param rank r; absent: that of the adapter to start with
 * @param alpha the adapter's output is scaled by alpha / rank; absent: that of the adapter to start with, or the rank
 * @param dropout probability of zeroing an input of A while training
 * @param targets module names ({@code q_proj}, {@code query_key_value}, …) or the single word {@code all-linear}
 * @param initFrom a PEFT adapter directory to start with; its rank, alpha and targets are used
 */
public record LoraRecipe(
        OptionalInt rank, OptionalDouble alpha, double dropout, List<String> targets, Optional<Path> initFrom) {

    /** What recipes of earlier versions say of an adapter to start with where they give no rank. */
    private static final LoraRecipe UNSAID = of(1);

    /** @throws IllegalArgumentException if there is neither a rank nor an adapter to start with */
    public LoraRecipe {
        targets = List.copyOf(targets);
        if (rank.isEmpty() && initFrom.isEmpty()) {
            throw new IllegalArgumentException("a new adapter needs a rank");
        }
    }

    /** A new adapter on all linear modules, with alpha equal to the rank and without dropout. */
    public static LoraRecipe of(int rank) {
        return new LoraRecipe(
                OptionalInt.of(rank), OptionalDouble.of(rank), 0.0, List.of("all-linear"), Optional.empty());
    }

    /** This adapter, initialised with the one of a folder. */
    public LoraRecipe startingFrom(Path adapter) {
        return new LoraRecipe(rank, alpha, dropout, targets, Optional.of(adapter));
    }

    /** Whether it contradicts the rank and alpha of the adapter that it starts with. */
    public boolean contradicts(int adapterRank, double adapterAlpha) {
        var unsaid = rank.equals(UNSAID.rank) && alpha.equals(UNSAID.alpha);
        return !unsaid && (rank.orElse(adapterRank) != adapterRank || alpha.orElse(adapterAlpha) != adapterAlpha);
    }
}
