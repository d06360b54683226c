package dev.tandem.examples;

import dev.tandem.method.LossProbe;
import dev.tandem.method.Method;
import dev.tandem.method.MethodState;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.StepPlan;
import dev.tandem.method.draw.Alright;
import dev.tandem.method.draw.Alright.Draws;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.run.TrainingRun;

/** Runs of a recipe with another loss or another method than it says. */
final class ReplacedParts {
    static TrainingRun withHinge(Recipe recipe, boolean resume) {
        return new TrainingRun(recipe, resume).withObjective("preference", new OwnParts.Hinge(0.1, 1.0));
    }

    static TrainingRun withWarmUp(Recipe recipe, boolean resume) {
        return new TrainingRun(recipe, resume)
                .withMethod((names, optima) ->
                        new WarmUp(4, new Alright(ObjectiveWeights.of(0.5, 0.5), Draws.BALANCED, 42)));
    }

    /** Trains the first objective alone for some steps, then leaves the choice to another method. */
    record WarmUp(int steps, Method then) implements Method {
        @Override
        public StepPlan plan(int step, LossProbe probe) {
            return step < steps ? StepPlan.on(0) : then.plan(step - steps, probe);
        }

        @Override
        public void observe(StepPlan plan, double[] losses) {
            then.observe(plan, losses);
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
}
