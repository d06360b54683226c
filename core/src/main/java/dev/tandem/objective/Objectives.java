package dev.tandem.objective;

import dev.tandem.UserException;
import dev.tandem.recipe.ObjectiveRecipe;
import dev.tandem.recipe.ObjectiveRecipe.Loss;
import java.util.Locale;

/** Objectives by their recipes. */
public final class Objectives {
    private Objectives() {}

    /**
     * The objective a recipe describes.
     *
     * @param recipe the objective's part of the recipe
     * @return the loss
     * @throws UserException if β or the label smoothing is out of range, or a label smoothing is given where it means
     *     nothing, or missing where the loss is defined by it
     */
    public static Objective of(ObjectiveRecipe recipe) {
        var smoothing = recipe.labelSmoothing();
        if (smoothing != 0.0 && (recipe.loss() == Loss.SFT || recipe.loss() == Loss.IPO)) {
            throw new UserException("label-smoothing is " + smoothing + ", but loss: "
                    + recipe.loss().name().toLowerCase(Locale.ROOT)
                    + " has none; remove it, or use loss: cdpo");
        }
        if (smoothing == 0.0 && recipe.loss() == Loss.CDPO) {
            throw new UserException("loss: cdpo needs label-smoothing above 0 (0.1, say); without it, it is loss: dpo");
        }
        return switch (recipe.loss()) {
            case SFT -> new Sft();
            case DPO, CDPO -> new Dpo(recipe.beta(), smoothing);
            case IPO -> new Ipo(recipe.beta());
        };
    }
}
