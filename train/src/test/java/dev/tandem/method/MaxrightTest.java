package dev.tandem.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.method.draw.Maxright;
import dev.tandem.method.draw.Maxright.ProbeBatch;
import dev.tandem.recipe.MethodsTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MaxrightTest {
    private static final List<String> THREE = List.of("a", "b", "c");

    private static Maxright maxright(
            ObjectiveWeights weights, double[] optima, int every, ProbeBatch look, double smoothing) {
        return new Maxright(new Maxright.Settings(weights, every, look, smoothing), optima);
    }

    @Test
    void stepsOnTheLargestWeightedGapOfThree() {
        var method =
                maxright(ObjectiveWeights.of(THREE, 0.5, 0.3, 0.2), new double[] {1, 0, 2}, 4, ProbeBatch.NEXT, 0.0);
        var losses = new double[] {2.0, 2.0, 6.0};

        var first = method.plan(0, objective -> losses[objective]);
        assertThat(first.terms()).containsExactly(new StepPlan.Term(2, 1.0));
        assertThat(first.notes())
                .isEqualTo(Map.of("evaluated", 1.0, "gap/a", 0.5, "gap/b", 0.3 * 2.0, "gap/c", 0.2 * 4.0));
        method.observe(first, new double[] {6.0});

        var second = method.plan(1, MethodsTest::noProbe);
        assertThat(second.terms()).containsExactly(new StepPlan.Term(2, 1.0));
        method.observe(second, new double[] {4.5});

        var third = method.plan(2, MethodsTest::noProbe);
        assertThat(third.terms()).containsExactly(new StepPlan.Term(1, 1.0));
        assertThat(third.notes())
                .isEqualTo(Map.of("evaluated", 0.0, "gap/a", 0.5, "gap/b", 0.3 * 2.0, "gap/c", 0.2 * 2.5));
        method.observe(third, new double[] {1.0});

        // a and c are level: the lower index wins.
        assertThat(method.plan(3, MethodsTest::noProbe).terms()).containsExactly(new StepPlan.Term(0, 1.0));
    }

    @Test
    void evaluatesAllObjectivesEveryKSteps() {
        var method = maxright(ObjectiveWeights.of(THREE, 0.4, 0.3, 0.3), new double[3], 3, ProbeBatch.NEXT, 0.0);
        for (var step = 0; step < 10; step++) {
            var probed = new ArrayList<Integer>();
            var plan = method.plan(step, objective -> {
                probed.add(objective);
                return 1.0;
            });
            assertThat(probed).isEqualTo(step % 3 == 0 ? List.of(0, 1, 2) : List.of());
            method.observe(plan, new double[] {1.0});
        }
    }

    @Test
    void evaluatesAnObjectiveItHasNotHeardOfForKStepsOnAnotherBatch() {
        var method = maxright(ObjectiveWeights.of(THREE, 0.4, 0.3, 0.3), new double[3], 3, ProbeBatch.SEPARATE, 0.9);
        for (var step = 0; step < 10; step++) {
            var probed = new ArrayList<Integer>();
            var plan = method.plan(step, new LossProbe() {
                @Override
                public double loss(int objective) {
                    throw new AssertionError("not on the next batch");
                }

                @Override
                public double lossOnProbeBatch(int objective) {
                    probed.add(objective);
                    return 1.0;
                }
            });
            // every step is on a, which gives its loss
            assertThat(plan.terms()).containsExactly(new StepPlan.Term(0, 1.0));
            assertThat(probed).isEqualTo(step == 0 ? List.of(0, 1, 2) : step % 3 == 0 ? List.of(1, 2) : List.of());
            assertThat(plan.notes()).containsEntry(Maxright.EVALUATED, step % 3 == 0 ? 1.0 : 0.0);
            method.observe(plan, new double[] {1.0});
        }
    }

    @Test
    void oneHardBatchDoesNotChangeItsMindWhereLossesAreSmoothed() {
        var smooth = maxright(ObjectiveWeights.of(THREE, 0.4, 0.3, 0.3), new double[3], 100, ProbeBatch.SEPARATE, 0.9);
        var hasty = maxright(ObjectiveWeights.of(THREE, 0.4, 0.3, 0.3), new double[3], 100, ProbeBatch.SEPARATE, 0.0);
        for (var method : List.of(smooth, hasty)) {
            for (var step = 0; step < 20; step++) {
                var plan = method.plan(step, objective -> 1.0);
                method.observe(plan, new double[] {step == 19 ? 0.5 : 1.0});
            }
            assertThat(method.plan(20, MethodsTest::noProbe).terms())
                    .containsExactly(new StepPlan.Term(method == smooth ? 0 : 1, 1.0));
        }
    }

    @Test
    void anObjectiveOfWeightZeroIsNeitherEvaluatedNorChosen() {
        var method =
                maxright(ObjectiveWeights.of(THREE, 0.0, 1.0, 0.0), new double[] {0, 5, 0}, 2, ProbeBatch.NEXT, 0.0);
        for (var step = 0; step < 6; step++) {
            // Its gap is negative, below the zero of the others.
            var plan = method.plan(step, objective -> objective == 1 ? 3.0 : MethodsTest.noProbe(objective));
            assertThat(plan.terms()).containsExactly(new StepPlan.Term(1, 1.0));
            method.observe(plan, new double[] {3.0});
        }
    }

    @Test
    void aLossThatIsNotANumberIsSteppedOnSoThatTrainingSeesIt() {
        for (var bad = 0; bad < 3; bad++) {
            var method = maxright(ObjectiveWeights.of(THREE, 0.4, 0.3, 0.3), new double[3], 3, ProbeBatch.NEXT, 0.0);
            var broken = bad;
            var plan = method.plan(0, objective -> objective == broken ? Double.NaN : 1.0);
            assertThat(plan.terms()).containsExactly(new StepPlan.Term(bad, 1.0));
        }
    }
}
