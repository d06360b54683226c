package dev.tandem.data.load;

import dev.tandem.data.format.DataRecipe;
import java.util.Arrays;

/** How much of an objective's training data comes from each of its files. */
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

    /** Training examples wanted of a source, or of all when they are concatenated; there must be a limit. */
    double limit(int source) {
        var weights = weights();
        return recipe.maxSamples().orElseThrow() * (weights.length == 1 ? 1 : weights[source]);
    }

    /** Rows to keep of a source at most: enough for the training limit and the share held out of it. */
    public int mostKept(int source) {
        if (recipe.maxSamples().isEmpty()) {
            return Integer.MAX_VALUE;
        }
        var share = recipe.evalSources().isEmpty() ? recipe.evalFraction() : 0;
        var most = limit(source) / (1 - share);
        return most >= Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) Math.ceil(most);
    }

    /** Rows to keep of an evaluation file at most. */
    public int mostKeptForEvaluation() {
        return recipe.maxEvalSamples().orElse(Integer.MAX_VALUE);
    }
}
