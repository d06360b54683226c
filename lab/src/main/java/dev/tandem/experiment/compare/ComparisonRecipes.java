package dev.tandem.experiment.compare;

import dev.tandem.experiment.compare.ComparisonRun.Role;
import dev.tandem.method.stage.SingleObjective;
import dev.tandem.recipe.ComparisonRecipe;
import dev.tandem.recipe.LoraRecipe;
import dev.tandem.recipe.ObjectiveRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.ReferenceRecipe;
import dev.tandem.recipe.TrainRecipe;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Writes the recipe of every run of a comparison, as a user would by hand. */
final class ComparisonRecipes {
    private static final int CHECKPOINTS = 8;

    private final ComparisonRecipe comparison;
    private final Recipe base;
    private final ComparisonFolder folder;

    ComparisonRecipes(ComparisonRecipe comparison, ComparisonFolder folder) {
        this.comparison = comparison;
        this.base = comparison.base();
        this.folder = folder;
    }

    /**
     * The recipe of a run.
     *
     * @param optima f* by objective name; none for the reference and the optima
     */
    Recipe of(ComparisonRun run, Map<String, Double> optima) {
        return run.role() == Role.REFERENCE ? referenceRun(run) : run(run, optima);
    }

    /** Trains the model as it is on both objectives; its own reference. */
    Recipe calibration(int steps, Path output) {
        var train = base.train().withSteps(steps, base.train().seed()).withCheckpointEvery(0);
        return base.withMethod(new SingleObjective.Settings(comparison.instructions()))
                .withTrain(train)
                .withOutput(output);
    }

    private Recipe referenceRun(ComparisonRun run) {
        var objectives = new LinkedHashMap<String, ObjectiveRecipe>();
        base.objectives().forEach((name, objective) -> {
            if (comparison.referenceObjective().equals(Optional.of(name))) {
                objectives.put(name, objective.asSft());
            }
        });
        var rate = comparison.reference().learningRate();
        var optimizer = rate.isPresent() ? base.optimizer().withLearningRate(rate.getAsDouble()) : base.optimizer();
        return ofRun(run)
                .withReference(Optional.empty())
                .withObjectives(objectives)
                .withOptimizer(optimizer);
    }

    private Recipe run(ComparisonRun run, Map<String, Double> optima) {
        var objectives = new LinkedHashMap<String, ObjectiveRecipe>();
        base.objectives()
                .forEach((name, objective) -> objectives.put(
                        name,
                        Optional.ofNullable(optima.get(name))
                                .map(objective::withOptimum)
                                .orElse(objective)));
        return ofRun(run)
                .withModel(startsFromReferenceModel() ? reference() : base.model())
                .withReference(referenceRecipe())
                .withObjectives(objectives)
                .withLora(lora());
    }

    /** The comparison's recipe with a run's method, length, seed and folder. */
    private Recipe ofRun(ComparisonRun run) {
        return base.withMethod(run.method())
                .withTrain(train(run))
                .withOutput(folder.run(run).root());
    }

    private Path reference() {
        return folder.referenceRun().finalModel();
    }

    private boolean startsFromReferenceModel() {
        return comparison.reference().start()
                && comparison.reference().trained()
                && base.lora().isEmpty();
    }

    /** A reference that the run does not start from has to be named. */
    private Optional<ReferenceRecipe> referenceRecipe() {
        if (!comparison.reference().trained() || comparison.reference().start()) {
            return base.reference();
        }
        return Optional.of(
                base.lora().isPresent()
                        ? new ReferenceRecipe(Optional.empty(), Optional.of(reference()))
                        : new ReferenceRecipe(Optional.of(reference()), Optional.empty()));
    }

    private Optional<LoraRecipe> lora() {
        return comparison.reference().start() && comparison.reference().trained()
                ? base.lora().map(lora -> lora.startingFrom(reference()))
                : base.lora();
    }

    private TrainRecipe train(ComparisonRun run) {
        var train = base.train().withSteps(run.steps(), run.seed());
        var every = train.checkpointEvery();
        return train.withCheckpointEvery(
                every == 0 ? 0 : Math.min(every, Math.max(1, (run.steps() + CHECKPOINTS - 1) / CHECKPOINTS)));
    }
}
