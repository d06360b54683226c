package dev.tandem.examples;

import dev.tandem.recipe.RecipeReader;
import dev.tandem.train.event.EvaluationEvent;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.run.TrainingRun;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Trains by a recipe, with other steps than it says, and tells of losses as they come. */
final class TrainFromRecipe {
    static TrainingResult train(Path file, Consumer<String> out) {
        var recipe = RecipeReader.read(file, List.of("train.steps=12"));
        var listener = new TrainingListener() {
            @Override
            public void onStep(StepEvent event) {
                out.accept("step " + event.step() + " on " + event.losses());
            }

            @Override
            public void onEvaluation(EvaluationEvent event) {
                out.accept("held out, after " + event.step() + " steps: " + event.losses());
            }
        };
        return new TrainingRun(recipe, false)
                .train(listener, () -> Thread.currentThread().isInterrupted());
    }
}
