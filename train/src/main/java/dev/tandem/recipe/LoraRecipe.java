package dev.tandem.recipe;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A low-rank adapter.
 *
 * @param rank r; absent: that of the adapter to start with
 * @param alpha the adapter's output is scaled by alpha / rank; absent: that of the adapter to start with, or the rank
 * @param dropout probability of zeroing an input of A while training
 * @param targets module names ({@code q_proj}, {@code query_key_value}, …) or the single word {@code all-linear}; empty: those
 *     of the adapter to start with
 * @param initFrom a PEFT adapter directory to start with; its rank, alpha and targets are used
 */
public record LoraRecipe(
        OptionalInt rank, OptionalDouble alpha, double dropout, List<String> targets, Optional<Path> initFrom) {

    /** Targets: every linear module of the blocks. */
    public static final List<String> ALL_LINEAR = List.of("all-linear");

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
        return new LoraRecipe(OptionalInt.of(rank), OptionalDouble.of(rank), 0.0, ALL_LINEAR, Optional.empty());
    }

    /** This adapter, initialised with the one of a folder. */
    public LoraRecipe startingFrom(Path adapter) {
        return new LoraRecipe(rank, alpha, dropout, targets, Optional.of(adapter));
    }

    /**
     * Whether it contradicts the adapter that it starts with.
     *
     * @param adapterTargets module names
     */
    public boolean contradicts(int adapterRank, double adapterAlpha, Set<String> adapterTargets) {
        var unsaid = rank.equals(UNSAID.rank) && alpha.equals(UNSAID.alpha);
        var otherScale = rank.orElse(adapterRank) != adapterRank || alpha.orElse(adapterAlpha) != adapterAlpha;
        var anyTargets = targets.isEmpty() || targets.equals(ALL_LINEAR);
        return (!unsaid && otherScale) || !(anyTargets || Set.copyOf(targets).equals(adapterTargets));
    }
}
