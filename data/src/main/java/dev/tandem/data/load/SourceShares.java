package dev.tandem.data.load;

import dev.tandem.data.format.DataRecipe;
import java.util.Arrays;

/** The part of an objective's training data that comes from each of its files. */
public record SourceShares(DataRecipe recipe) {

    /** Blending weights that sum to one, or a single weight of one when sources are concatenated. */
    double[] weights() {
        var given =
                recipe.sources().stream().filter(s -> s.weight().isPresent()).count();
        if (given == 0) {
            return new double[] {1};
        }
        var raw =
                recipe.sources().stream().mapToDouble(s -> s.weight().orElse(0)).toArray();
        var sum = Arrays.stream(raw).sum();
        return Arrays.stream(raw).map(w -> w / sum).toArray();
    }

    /**
     * Number of training examples wanted from a source, or from all when they are concatenated; there must be a limit.
     */
    double limit(int source) {
        var weights = weights();
        return recipe.maxSamples().orElseThrow() * (weights.length == 1 ? 1 : weights[source]);
    }

    /** Maximum number of rows to keep of a source: enough for the training limit and the held-out fraction. */
    public int mostKept(int source) {
        if (recipe.maxSamples().isEmpty()) {
            return Integer.MAX_VALUE;
        }
        var share = recipe.evalSources().isEmpty() ? recipe.evalFraction() : 0;
        var most = limit(source) / (1 - share);
        return most >= Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) Math.ceil(most);
    }

    /** Maximum number of rows to keep of an evaluation file. */
    public int mostKeptForEvaluation() {
        return recipe.maxEvalSamples().orElse(Integer.MAX_VALUE);
    }
}
