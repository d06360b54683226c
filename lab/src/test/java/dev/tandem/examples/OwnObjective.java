package dev.tandem.examples;

import dev.tandem.objective.pair.PairLoss;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.run.TrainingRun;

/** Trains pairs on the hinge of their margin, max(0, 1 − β·m), in place of the loss that the recipe names. */
final class OwnObjective {
    record Hinge(double beta) implements PairLoss {
        @Override
        public double loss(double margin) {
            return Math.max(0.0, 1.0 - beta * margin);
        }

        @Override
        public double derivative(double margin) {
            return beta * margin < 1.0 ? -beta : 0.0;
        }
    }

    static TrainingResult train(Recipe recipe) {
        return new TrainingRun(recipe, false)
                .withObjective("preference", new Hinge(0.1))
                .train(new TrainingListener() {}, () -> false);
    }
}
