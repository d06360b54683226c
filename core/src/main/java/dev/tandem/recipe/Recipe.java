package dev.tandem.recipe;

import dev.tandem.method.MethodRecipe;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A run, completely described. Read from YAML by {@link RecipeReader}; keys are the component names in kebab-case.
 *
 * @param model Hugging Face model directory: the policy before training
 * @param reference the reference policy; absent: the model before training, adapter included
 * @param method how objectives are scheduled
 * @param objectives objectives by name, in order; a tie of MAXRIGHT goes to the first
 * @param lora train a low-rank adapter; absent: train all parameters
 * @param optimizer AdamW and its schedule
 * @param train length, device, precision, evaluation and checkpoints
 * @param output run directory
 * @param cache folder for what runs over the same data or reference share: tokenised data and reference log-probs; absent:
 *     nothing is kept
 */
public record Recipe(
        Path model,
        Optional<ReferenceRecipe> reference,
        MethodRecipe method,
        Map<String, ObjectiveRecipe> objectives,
        Optional<LoraRecipe> lora,
        OptimizerRecipe optimizer,
        TrainRecipe train,
        Path output,
        Optional<Path> cache) {
    public Recipe {
        objectives = new LinkedHashMap<>(objectives);
    }

    /** The same with another method. */
    public Recipe withMethod(MethodRecipe newMethod) {
        return new Recipe(model, reference, newMethod, objectives, lora, optimizer, train, output, cache);
    }

    /**
     * The same with other paths in place of those that are read: models, adapters and data.
     *
     * @param where gives the new path for the old
     * @return the new recipe
     */
    public Recipe located(UnaryOperator<Path> where) {
        var found = new LinkedHashMap<String, ObjectiveRecipe>();
        objectives.forEach((name, objective) -> found.put(name, objective.located(where)));
        return new Recipe(
                where.apply(model),
                reference.map(r ->
                        new ReferenceRecipe(r.model().map(where), r.adapter().map(where))),
                method,
                found,
                lora.map(l -> l.from().map(where).map(l::startingFrom).orElse(l)),
                optimizer,
                train,
                output,
                cache);
    }

    /** The same with another {@code train} section. */
    public Recipe withTrain(TrainRecipe newTrain) {
        return new Recipe(model, reference, method, objectives, lora, optimizer, newTrain, output, cache);
    }
}
