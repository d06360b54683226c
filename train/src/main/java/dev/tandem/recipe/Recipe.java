package dev.tandem.recipe;

import dev.tandem.method.MethodRecipe;
import dev.tandem.train.track.TrackerRecipe;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
 * @param trackers what records the run
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
        Optional<Path> cache,
        List<TrackerRecipe> trackers) {
    public Recipe {
        objectives = new LinkedHashMap<>(objectives);
        trackers = List.copyOf(trackers);
    }

    /** This recipe with another model. */
    public Recipe withModel(Path newModel) {
        return new Recipe(newModel, reference, method, objectives, lora, optimizer, train, output, cache, trackers);
    }

    /** This recipe with another reference; absent: the model before training. */
    public Recipe withReference(Optional<ReferenceRecipe> newReference) {
        return new Recipe(model, newReference, method, objectives, lora, optimizer, train, output, cache, trackers);
    }

    /** This recipe with another method. */
    public Recipe withMethod(MethodRecipe newMethod) {
        return new Recipe(model, reference, newMethod, objectives, lora, optimizer, train, output, cache, trackers);
    }

    /** This recipe with other objectives. */
    public Recipe withObjectives(Map<String, ObjectiveRecipe> newObjectives) {
        return new Recipe(model, reference, method, newObjectives, lora, optimizer, train, output, cache, trackers);
    }

    /** This recipe with another adapter to train; absent: all parameters. */
    public Recipe withLora(Optional<LoraRecipe> newLora) {
        return new Recipe(model, reference, method, objectives, newLora, optimizer, train, output, cache, trackers);
    }

    /** This recipe with another optimizer. */
    public Recipe withOptimizer(OptimizerRecipe newOptimizer) {
        return new Recipe(model, reference, method, objectives, lora, newOptimizer, train, output, cache, trackers);
    }

    /** This recipe with another {@code train} section. */
    public Recipe withTrain(TrainRecipe newTrain) {
        return new Recipe(model, reference, method, objectives, lora, optimizer, newTrain, output, cache, trackers);
    }

    /** This recipe with another run directory. */
    public Recipe withOutput(Path newOutput) {
        return new Recipe(model, reference, method, objectives, lora, optimizer, train, newOutput, cache, trackers);
    }

    /** This recipe with another cache; absent: nothing is kept. */
    public Recipe withCache(Optional<Path> newCache) {
        return new Recipe(model, reference, method, objectives, lora, optimizer, train, output, newCache, trackers);
    }

    /** This recipe with other trackers. */
    public Recipe withTrackers(List<TrackerRecipe> newTrackers) {
        return new Recipe(model, reference, method, objectives, lora, optimizer, train, output, cache, newTrackers);
    }

    /**
     * This recipe with other paths in place of those that are read: models, adapters and data.
     *
     * @param where gives the new path for the old
     * @return the new recipe
     */
    public Recipe mapPaths(UnaryOperator<Path> where) {
        var found = new LinkedHashMap<String, ObjectiveRecipe>();
        objectives.forEach((name, objective) -> found.put(name, objective.mapPaths(where)));
        return withModel(where.apply(model))
                .withReference(reference.map(r ->
                        new ReferenceRecipe(r.model().map(where), r.adapter().map(where))))
                .withObjectives(found)
                .withLora(lora.map(
                        l -> l.initFrom().map(where).map(l::startingFrom).orElse(l)));
    }
}
