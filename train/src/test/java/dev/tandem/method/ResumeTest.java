package dev.tandem.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.method.draw.Alright;
import dev.tandem.method.draw.Alright.Draws;
import dev.tandem.method.draw.Maxright;
import dev.tandem.method.draw.Maxright.ProbeBatch;
import dev.tandem.method.gradient.PcGrad;
import dev.tandem.method.joint.Mix;
import dev.tandem.method.stage.Sequential;
import dev.tandem.method.stage.SingleObjective;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A method that is saved, restored into a new instance and continued decides as if it had never stopped. */
class ResumeTest {
    private static final int STEPS = 60;

    static Stream<Supplier<Method>> methods() {
        var weights = ObjectiveWeights.of(0.45, 0.35, 0.2);
        var optima = new double[] {0.1, 0.2, 0.3};
        return Stream.of(
                () -> new Sequential(List.of(2, 0, 1), List.of(20, 25, 15)),
                () -> new Mix(weights),
                () -> new Alright(weights, Draws.BERNOULLI, 4),
                () -> new Alright(weights, Draws.BALANCED, 4),
                () -> new Maxright(new Maxright.Settings(weights, 7, ProbeBatch.NEXT, 0.0), optima),
                () -> new Maxright(new Maxright.Settings(weights, 7, ProbeBatch.SEPARATE, 0.8), optima),
                () -> new PcGrad(weights.values(), 4),
                () -> new SingleObjective(1));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void resumedAtAnyStepDecisionsAreTheSame(Supplier<Method> method) {
        var whole = new ArrayList<StepPlan>();
        run(method.get(), 0, STEPS, whole);
        for (var stop = 0; stop <= STEPS; stop++) {
            var plans = new ArrayList<StepPlan>();
            var before = method.get();
            run(before, 0, stop, plans);
            var saved = before.state();
            // What the first instance does later must not leak into the saved state.
            run(before, stop, STEPS, new ArrayList<>());
            var after = method.get();
            after.restore(saved);
            assertThat(after.state()).isEqualTo(saved);
            run(after, stop, STEPS, plans);
            assertThat(plans).isEqualTo(whole);
        }
    }

    /** Losses are a function of step and objective, noisy enough for MAXRIGHT to change its mind. */
    private static void run(Method method, int from, int to, List<StepPlan> plans) {
        for (var step = from; step < to; step++) {
            var now = step;
            var plan = method.plan(step, objective -> loss(now, objective));
            var losses = plan.terms().stream()
                    .mapToDouble(term -> loss(now, term.objective()))
                    .toArray();
            method.observe(plan, losses);
            plans.add(plan);
        }
    }

    private static double loss(int step, int objective) {
        return new SplittableRandom(31L * step + objective).nextDouble(0.5, 3.0);
    }

    @Test
    void aStateOfAnotherMethodIsRefused() {
        var method = new Alright(ObjectiveWeights.of(0.5, 0.5), Draws.BALANCED, 1);
        assertThatThrownBy(() -> method.restore(new MethodState(Map.of("count/0", 3.0))))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("count/1");
    }
}
