package dev.tandem.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.recipe.MethodRecipe;
import dev.tandem.recipe.MethodRecipe.Look;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MethodsTest {
    private static final List<String> TWO = List.of("preference", "sft");
    private static final List<String> THREE = List.of("sft", "preference", "safety");

    static double noProbe(int objective) {
        throw new AssertionError("objective " + objective + " was probed without need");
    }

    @Test
    void lambdaIsTheWeightOfPreferenceWhereverItStands() {
        var mix = new MethodRecipe.Mix(Optional.of(0.3), Optional.empty());
        assertThat(of(mix, TWO, 1).plan(0, MethodsTest::noProbe).terms())
                .containsExactly(new StepPlan.Term(0, 0.3), new StepPlan.Term(1, 1.0 - 0.3));
        assertThat(of(mix, List.of("sft", "preference"), 1)
                        .plan(0, MethodsTest::noProbe)
                        .terms())
                .containsExactly(new StepPlan.Term(0, 1.0 - 0.3), new StepPlan.Term(1, 0.3));
    }

    @Test
    void weightsGoByName() {
        var weights = Map.of("safety", 0.5, "sft", 0.25, "preference", 0.25);
        var mix = new MethodRecipe.Mix(Optional.empty(), Optional.of(weights));
        assertThat(of(mix, THREE, 1).plan(0, MethodsTest::noProbe).terms())
                .containsExactly(new StepPlan.Term(0, 0.25), new StepPlan.Term(1, 0.25), new StepPlan.Term(2, 0.5));
    }

    @Test
    void weightsThatDoNotFitAreExplained() {
        refused(new MethodRecipe.Mix(Optional.empty(), Optional.empty()), TWO, "neither lambda nor weights");
        refused(new MethodRecipe.Mix(Optional.of(0.5), Optional.of(Map.of())), TWO, "both lambda and weights");
        refused(new MethodRecipe.Mix(Optional.of(0.5), Optional.empty()), THREE, "\"safety\"");
        refused(new MethodRecipe.Mix(Optional.of(0.5), Optional.empty()), List.of("sft", "dpo"), "\"dpo\"");
        refused(new MethodRecipe.Mix(Optional.of(1.5), Optional.empty()), TWO, "lambda is 1.5");
        refused(new MethodRecipe.Mix(Optional.of(Double.NaN), Optional.empty()), TWO, "lambda is NaN");
        refused(weighted(Map.of("sft", 1.0)), TWO, "none for the objective \"preference\"");
        refused(weighted(Map.of("sft", 0.5, "prefrence", 0.5)), TWO, "\"prefrence\"");
        refused(weighted(Map.of("sft", 0.5, "preference", 0.4)), TWO, "sum to 0.9");
        refused(weighted(Map.of("sft", 1.5, "preference", -0.5)), TWO, "between 0 and 1");
        refused(weighted(Map.of("\u001b[2J", 1.0)), TWO, "\"\\u001b[2J\"");
    }

    @Test
    void theSplitRoundsToTheNearestStep() {
        assertThat(switchAt(0.5, 30)).isEqualTo(15);
        assertThat(switchAt(0.5, 31)).isEqualTo(16);
        assertThat(switchAt(0.3, 10)).isEqualTo(3);
        assertThat(switchAt(0.29, 100)).isEqualTo(29);
        assertThat(switchAt(1.0 / 3.0, 2000)).isEqualTo(667);
        assertThat(switchAt(0.0, 10)).isEqualTo(0);
        assertThat(switchAt(1.0, 10)).isEqualTo(10);
    }

    /** First step on the second stage's objective; {@code total} if it has none. */
    private static int switchAt(double split, int total) {
        var recipe = new MethodRecipe.Sequential(List.of("sft", "preference"), Optional.of(split), Optional.empty());
        var method = of(recipe, TWO, total);
        var first = 0;
        for (var step = 0; step < total; step++) {
            var plan = method.plan(step, MethodsTest::noProbe);
            var objective = plan.terms().get(0).objective();
            if (objective == TWO.indexOf("sft")) {
                assertThat(first).as("no way back").isEqualTo(step);
                first++;
            }
            assertThat(plan.freshOptimizer()).isEqualTo(step == first && step > 0);
        }
        return first;
    }

    @Test
    void stagesThatDoNotFitAreExplained() {
        refused(stages(List.of("sft", "preference"), List.of(4, 5)), TWO, "sum to 9, but train.steps is 10");
        refused(stages(List.of("sft", "preference"), List.of(11, -1)), TWO, "fewer than 0");
        refused(stages(List.of("sft", "preference"), List.of(10)), TWO, "has 1 numbers");
        refused(stages(List.of("sft"), List.of(10)), TWO, "every objective once");
        refused(stages(List.of("sft", "sft"), List.of(5, 5)), TWO, "every objective once");
        refused(stages(List.of("sft", "dpo"), List.of(5, 5)), TWO, "\"dpo\"");
        refused(new MethodRecipe.Sequential(TWO, Optional.of(1.2), Optional.empty()), TWO, "split is 1.2");
        refused(new MethodRecipe.Sequential(TWO, Optional.of(0.5), Optional.of(List.of(5, 5))), TWO, "both split");
        refused(new MethodRecipe.Sequential(THREE, Optional.empty(), Optional.empty()), THREE, "stage-steps");
    }

    @Test
    void otherMethods() {
        assertThat(of(new MethodRecipe.Optimum("sft"), TWO, 10).plan(3, MethodsTest::noProbe))
                .isEqualTo(StepPlan.on(1));
        refused(new MethodRecipe.Optimum("dpo"), TWO, "method.objective names the objective \"dpo\"");
        refused(
                new MethodRecipe.Maxright(Optional.of(0.5), Optional.empty(), 0, Look.NEXT_BATCH, 0.9),
                TWO,
                "evaluate-every is 0");
        assertThat(of(
                        new MethodRecipe.Alright(Optional.of(1.0), Optional.empty(), MethodRecipe.Draws.BERNOULLI),
                        TWO,
                        10))
                .isInstanceOf(Alright.class);
    }

    private static MethodRecipe weighted(Map<String, Double> weights) {
        return new MethodRecipe.Mix(Optional.empty(), Optional.of(weights));
    }

    private static MethodRecipe stages(List<String> order, List<Integer> steps) {
        return new MethodRecipe.Sequential(order, Optional.empty(), Optional.of(steps));
    }

    private static Method of(MethodRecipe recipe, List<String> names, int steps) {
        return Methods.of(recipe, names, new double[names.size()], steps, 7);
    }

    private static void refused(MethodRecipe recipe, List<String> names, String message) {
        assertThatThrownBy(() -> of(recipe, names, 10))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message);
    }
}
