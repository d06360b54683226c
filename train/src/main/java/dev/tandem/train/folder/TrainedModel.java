package dev.tandem.train.folder;

import dev.tandem.UserException;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.recipe.LoraRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.recipe.ReferenceRecipe;
import dev.tandem.recipe.Registry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model, with an adapter over it or without.
 *
 * @param model Hugging Face model directory
 * @param adapter PEFT adapter directory over it
 */
public record TrainedModel(Path model, Optional<Path> adapter) {

    /** The model that a recipe starts from. */
    public static TrainedModel start(Recipe recipe) {
        return new TrainedModel(recipe.model(), recipe.lora().flatMap(LoraRecipe::initFrom));
    }

    /**
     * The model of a finished run.
     *
     * @param run its folder
     * @throws UserException if it is no run's, or the run is not at its end
     */
    public static TrainedModel of(Path run) {
        return of(run, Registry.standard());
    }

    /**
     * The model of a finished run whose recipe may name what a program has added.
     *
     * @param run its folder
     * @param registry what it may name
     * @throws UserException as {@link #of(Path)}
     */
    public static TrainedModel of(Path run, Registry registry) {
        var directory = new RunDirectory(run);
        var trained = directory.finalModel();
        if (!Files.isDirectory(trained)) {
            throw new UserException(run + " holds no trained model: there is no folder " + trained
                    + ". Check the folder, or wait until the run is done.");
        }
        var recipe = recipe(run, registry);
        return recipe.lora().isPresent()
                ? new TrainedModel(recipe.model(), Optional.of(trained))
                : new TrainedModel(trained, Optional.empty());
    }

    /** The recipe of a run. */
    public static Recipe recipe(Path run) {
        return recipe(run, Registry.standard());
    }

    /**
     * The recipe of a run that may name what a program has added.
     *
     * @param run its folder
     * @param registry what it may name
     */
    public static Recipe recipe(Path run, Registry registry) {
        return RecipeReader.read(new RunDirectory(run).recipe(), List.of(), registry);
    }

    /**
     * A recipe that starts from this model, and has the reference it had.
     *
     * @throws UserException if the vocabularies differ: tokens would not mean the same
     */
    public Recipe appliedTo(Recipe recipe) {
        if (equals(start(recipe))) {
            return recipe;
        }
        var own = ModelFamilies.read(model).vocabSize();
        var expected = ModelFamilies.read(recipe.model()).vocabSize();
        if (own != expected) {
            throw new UserException(model + " has a vocabulary of " + own + " tokens, the recipe's model "
                    + recipe.model() + " one of " + expected + ". Their losses cannot be compared.");
        }
        var start = start(recipe);
        var reference =
                recipe.reference().orElseGet(() -> new ReferenceRecipe(Optional.of(start.model()), start.adapter()));
        return recipe.withModel(model).withReference(Optional.of(reference)).withLora(lora(recipe));
    }

    /** A new adapter adds nothing, so models without one are computed like those with one. */
    private Optional<LoraRecipe> lora(Recipe recipe) {
        return adapter.isPresent() || recipe.lora().isPresent()
                ? Optional.of(adapter.map(LoraRecipe.of(1)::startingFrom).orElse(LoraRecipe.of(1)))
                : Optional.empty();
    }
}
