package dev.tandem.experiment.benchmark;

import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.TrainRecipe.Precision;

/**
 * The models that benchmarks need beside the one they measure.
 *
 * @param base the model that training starts from
 * @param reference the reference policy; may be {@code base} itself
 * @param preferring the policy that was trained on preferences alone
 * @param device device to compute on
 * @param precision precision to compute in
 */
public record ComparedModels(Subject base, Subject reference, Subject preferring, String device, Precision precision) {

    /** The models, with the device and precision of a recipe. */
    public static ComparedModels of(Subject base, Subject reference, Subject preferring, Recipe recipe) {
        return new ComparedModels(
                base,
                reference,
                preferring,
                recipe.train().device(),
                recipe.train().precision());
    }
}
