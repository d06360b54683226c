package dev.tandem.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.method.Method;
import dev.tandem.method.MethodContext;
import dev.tandem.method.MethodRecipe;
import dev.tandem.method.MethodType;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.StepPlan;
import dev.tandem.method.StepWork;
import dev.tandem.method.draw.Alright;
import dev.tandem.method.draw.Maxright;
import dev.tandem.method.draw.Maxright.ProbeBatch;
import dev.tandem.method.joint.Mix;
import dev.tandem.method.stage.Sequential;
import dev.tandem.method.stage.SingleObjective;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlNode;
import dev.tandem.yaml.YamlReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;

public class MethodsTest {
    private static final List<String> TWO = List.of("preference", "sft");
    private static final List<String> THREE = List.of("sft", "preference", "safety");
    private static final int STEPS = 10;

    public static double noProbe(int objective) {
        throw new AssertionError("objective " + objective + " was probed without need");
    }

    static Stream<MethodType> types() {
        return Methods.TYPES.stream();
    }

    /**
     * The method that compare and bench make of a kind is read back as it was written, and decides in the run that it is
     * for.
     */
    @ParameterizedTest
    @MethodSource("types")
    void weighedAndWrittenItReadsBack(MethodType type) {
        for (var objectives : List.of(TWO, THREE)) {
            var weights = ObjectiveWeights.of(
                    objectives, objectives == TWO ? new double[] {0.3, 0.7} : new double[] {0.2, 0.3, 0.5});
            type.weighted(section("{}"), weights, STEPS).ifPresent(recipe -> {
                assertThat(recipe.type()).isSameAs(type);
                assertThat(recipe.settings().keySet()).containsAnyElementsOf(type.weightKeys());
                var written = new LinkedHashMap<String, Object>();
                written.put("name", type.name());
                written.putAll(recipe.settings());
                var text = new Dump(DumpSettings.builder().build()).dumpToString(written);
                assertThat(parse(text, objectives)).as(text).isEqualTo(recipe);

                var work = recipe.work(objectives, STEPS);
                assertThat(work.passes()).hasSize(objectives.size());
                assertThat(work.probes()).hasSize(objectives.size());
                var terms = create(recipe, objectives, STEPS)
                        .plan(0, objective -> 1.0)
                        .terms();
                assertThat(terms.size() > 1).isEqualTo(work.joint());
            });
        }
    }

    @Test
    void lambdaIsTheWeightOfPreferenceWhereverItStands() {
        var mix = "{name: mix, lambda: 0.3}";
        assertThat(of(mix, TWO, 1).plan(0, MethodsTest::noProbe).terms())
                .containsExactly(new StepPlan.Term(0, 0.3), new StepPlan.Term(1, 1.0 - 0.3));
        assertThat(of(mix, List.of("sft", "preference"), 1)
                        .plan(0, MethodsTest::noProbe)
                        .terms())
                .containsExactly(new StepPlan.Term(0, 1.0 - 0.3), new StepPlan.Term(1, 0.3));
    }

    @Test
    void weightsGoByName() {
        var mix = "{name: mix, weights: {safety: 0.5, sft: 0.25, preference: 0.25}}";
        var terms = of(mix, THREE, 1).plan(0, MethodsTest::noProbe).terms();
        assertThat(terms)
                .containsExactly(new StepPlan.Term(0, 0.25), new StepPlan.Term(1, 0.25), new StepPlan.Term(2, 0.5));
        var elsewhere = new Mix.Settings(ObjectiveWeights.of(List.of("preference", "safety", "sft"), 0.25, 0.5, 0.25));
        assertThat(create(elsewhere, THREE, 1).plan(0, MethodsTest::noProbe).terms())
                .isEqualTo(terms);
    }

    @Test
    void weightsThatDoNotFitAreExplained() {
        refused("{name: mix}", TWO, "the method needs lambda");
        refused("{name: mix, lambda: 0.5, weights: {sft: 1}}", TWO, "lambda or weights, not both");
        refused("{name: mix, lambda: 0.5}", THREE, "safety: …");
        refused("{name: mix, lambda: 0.5}", List.of("sft", "dpo"), "dpo: …");
        refused("{name: mix, lambda: 1.5}", TWO, "from 0 to 1");
        refused("{name: mix, lambda: .nan}", TWO, "from 0 to 1");
        refused("{name: mix, weights: {sft: 1.0}}", TWO, "every objective a weight: preference, sft");
        refused("{name: mix, weights: {sft: 0.5, prefrence: 0.5}}", TWO, "every objective a weight");
        refused("{name: mix, weights: {sft: 0.5, preference: 0.4}}", TWO, "sum to 0.9");
        refused("{name: mix, weights: {sft: 1.5, preference: -0.5}}", TWO, "from 0 to 1");
        var other = new Mix.Settings(ObjectiveWeights.of(List.of("\u001b[2J", "sft"), 0.5, 0.5));
        refused(() -> create(other, TWO, 1), "'\\u001b[2J'");
    }

    @Test
    void theSplitRoundsToTheNearestStep() {
        assertThat(switchAt(0.5, 30)).isEqualTo(15);
        assertThat(switchAt(0.5, 31)).isEqualTo(16);
        assertThat(switchAt(0.3, 10)).isEqualTo(3);
        assertThat(switchAt(0.29, 100)).isEqualTo(29);
        assertThat(switchAt(1.0 / 3.0, 2000)).isEqualTo(667);
        assertThat(switchAt(0.01, 10)).isEqualTo(0);
        assertThat(switchAt(0.99, 10)).isEqualTo(10);
    }

    /** First step on the second stage's objective; {@code total} if it has none. */
    private static int switchAt(double split, int total) {
        var recipe = new Sequential.Settings(List.of("sft", "preference"), Optional.of(split), Optional.empty());
        var method = create(recipe, TWO, total);
        var first = 0;
        for (var step = 0; step < total; step++) {
            var plan = method.plan(step, MethodsTest::noProbe);
            var objective = plan.terms().get(0).objective();
            if (objective == TWO.indexOf("sft")) {
                assertThat(first).as("no way back").isEqualTo(step);
                first++;
            }
            assertThat(plan.resetOptimizer()).isEqualTo(step == first && step > 0);
        }
        return first;
    }

    @Test
    void stagesThatDoNotFitAreExplained() {
        refused("{name: sequential, order: [sft, preference], stage-steps: [4, 5]}", TWO, "10 (train.steps) together");
        refused("{name: sequential, order: [sft, preference], stage-steps: [11, -1]}", TWO, "≥ 1");
        refused("{name: sequential, order: [sft, preference], stage-steps: [10]}", TWO, "each of the 2 stages");
        refused("{name: sequential, order: [sft], stage-steps: [10]}", TWO, "every objective once");
        refused("{name: sequential, order: [sft, sft]}", TWO, "every objective once");
        refused("{name: sequential, order: [sft, dpo]}", TWO, "'dpo'");
        refused("{name: sequential, order: [sft, preference], split: 1.2}", TWO, "between 0 and 1");
        refused("{name: sequential, order: [sft, preference], split: 0.5, stage-steps: [5, 5]}", TWO, "not both");
        refused("{name: sequential, order: [sft, preference, safety]}", THREE, "stage-steps");
        refused(() -> new Sequential.Settings(TWO, Optional.of(1.2), Optional.empty()), "split is 1.2");
        refused(() -> new Sequential.Settings(TWO, Optional.empty(), Optional.of(List.of(11, -1))), "one step or more");
        var nine = new Sequential.Settings(TWO, Optional.empty(), Optional.of(List.of(4, 5)));
        refused(() -> create(nine, TWO, 10), "10 (train.steps) together");
        refused(() -> nine.work(TWO, 10), "10 (train.steps) together");
    }

    @Test
    void otherMethods() {
        assertThat(of("{name: single, objective: sft}", TWO, STEPS).plan(3, MethodsTest::noProbe))
                .isEqualTo(StepPlan.on(1));
        refused("{name: single, objective: dpo}", TWO, "method.objective: 'dpo' is not an objective of this recipe");
        refused(() -> create(new SingleObjective.Settings("dpo"), TWO, STEPS), "'dpo' is not an objective");
        var weights = ObjectiveWeights.ofPreference(TWO, 0.5);
        refused(() -> new Maxright.Settings(weights, 0, ProbeBatch.NEXT, 0.9), "probe-every is 0");
        refused(() -> new Maxright.Settings(weights, 1, ProbeBatch.NEXT, 1.0), "smoothing is 1.0");
        assertThat(of("{name: alright, lambda: 1.0}", TWO, STEPS)).isInstanceOf(Alright.class);
        refused("{name: allright, lambda: 1.0}", TWO, "did you mean alright?");
        refused("{name: mix, lambda: 0.5, draws: balanced}", TWO, "method.draws: unknown key");
    }

    @Test
    void whatAStepComputes() {
        assertThat(work("{name: sequential, order: [sft, preference], split: 0.3}")
                        .passes())
                .containsExactly(0.7, 0.3);
        var mix = work("{name: mix, lambda: 0.3}");
        assertThat(mix.joint()).isTrue();
        assertThat(mix.passes()).containsExactly(1.0, 1.0);
        assertThat(work("{name: mix, lambda: 1}").trained()).containsExactly(0);
        assertThat(work("{name: alright, lambda: 0.3}").passes()).containsExactly(0.3, 1.0 - 0.3);
        var maxright = work("{name: maxright, lambda: 0.25, probe-every: 5}");
        assertThat(maxright.joint()).isFalse();
        assertThat(maxright.passes()).containsExactly(0.25, 0.75);
        assertThat(maxright.probes()).containsExactly(0.75 / 5, 0.25 / 5);
        assertThat(work("{name: single, objective: sft}").trained()).containsExactly(1);
    }

    private static StepWork work(String yaml) {
        return parse(yaml, TWO).work(TWO, STEPS);
    }

    private static Section section(String yaml) {
        return new Section("recipe", "method", (YamlNode.Mapping) YamlReader.read(yaml, "recipe"));
    }

    public static MethodRecipe parse(String yaml, List<String> names) {
        return Methods.parse(Methods.TYPES, section(yaml), names, STEPS);
    }

    private static Method of(String yaml, List<String> names, int steps) {
        return create(parse(yaml, names), names, steps);
    }

    private static Method create(MethodRecipe recipe, List<String> names, int steps) {
        return recipe.create(new MethodContext(names, new double[names.size()], steps, 7));
    }

    private static void refused(String yaml, List<String> names, String message) {
        refused(() -> parse(yaml, names), "recipe:1: method");
        refused(() -> parse(yaml, names), message);
    }

    private static void refused(ThrowingCallable making, String message) {
        assertThatThrownBy(making).isInstanceOf(UserException.class).hasMessageContaining(message);
    }
}
