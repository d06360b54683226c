package dev.tandem.examples;

import dev.tandem.method.LossProbe;
import dev.tandem.method.Method;
import dev.tandem.method.MethodState;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.StepPlan;
import dev.tandem.method.draw.Alright;
import dev.tandem.method.draw.Alright.Draws;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.run.TrainingRun;

/** Trains the first objective alone for some steps, and then both by ALRIGHT. */
final class OwnMethod {
    record WarmUp(int steps, Method then) implements Method {
        @Override
        public StepPlan plan(int step, LossProbe probe) {
            return step < steps ? StepPlan.on(0) : then.plan(step - steps, probe);
        }

        @Override
        public MethodState state() {
            return then.state();
        }

        @Override
        public void restore(MethodState state) {
            then.restore(state);
        }
    }

    static TrainingResult train(Recipe recipe, TrainingListener listener) {
        return new TrainingRun(recipe, false)
                .withMethod((names, optima) ->
                        new WarmUp(4, new Alright(ObjectiveWeights.of(0.5, 0.5), Draws.BALANCED, 42)))
                .train(listener, () -> false);
    }
}
