package dev.tandem.experiment.benchmark;

import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.TrainRecipe.Precision;

/**
 * The models that benchmarks need beside the one they measure.
 *
 * @param base what training starts from
 * @param reference the reference policy; the same as {@code base} if it is that
 * @param preferring the policy that was trained on preferences alone
 * @param device where to compute
 * @param precision to compute in
 */
public record ComparedModels(Subject base, Subject reference, Subject preferring, String device, Precision precision) {

    /** Models that compute as a recipe says. */
    public static ComparedModels of(Subject base, Subject reference, Subject preferring, Recipe recipe) {
        return new ComparedModels(
                base,
                reference,
                preferring,
                recipe.train().device(),
                recipe.train().precision());
    }
}
