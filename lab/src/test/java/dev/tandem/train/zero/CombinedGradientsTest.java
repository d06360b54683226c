package dev.tandem.train.zero;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.distributed.LocalRanks;
import dev.tandem.method.GradientCombiner;
import dev.tandem.method.Method;
import dev.tandem.method.MethodContext;
import dev.tandem.method.MethodRecipe;
import dev.tandem.method.MethodType;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.StepPlan;
import dev.tandem.method.StepWork;
import dev.tandem.plan.Cluster;
import dev.tandem.plan.Plan;
import dev.tandem.plan.PlannedRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.recipe.Registry;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.safetensors.SafetensorsFile;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.run.TinyRun;
import dev.tandem.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Gradients kept one by one and combined with Mix's weights are Mix's gradient, at every ZeRO stage. */
class CombinedGradientsTest {
    private static final int STEPS = 6;
    private static final MethodType CONSTANT =
            MethodType.weighted("constant", (section, weights) -> new Constant(weights));
    private static final Registry REGISTRY = Registry.standard().with(CONSTANT);

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static Run mix;
    private static Run mixWithAdapter;

    /** A step on all objectives; the combiner's coefficients are the weights. */
    private record Constant(ObjectiveWeights weights) implements MethodRecipe {
        @Override
        public MethodType type() {
            return CONSTANT;
        }

        @Override
        public Map<String, Object> settings() {
            return weights.settings();
        }

        @Override
        public Method create(MethodContext context) {
            return onBoth((gram, losses) -> weights.values());
        }

        @Override
        public StepWork work(List<String> objectives, int steps) {
            return StepWork.joint(weights.values()).combined();
        }
    }

    private static Method onBoth(GradientCombiner combiner) {
        var plan = new StepPlan(
                List.of(new StepPlan.Term(0, 1), new StepPlan.Term(1, 1)), false, Optional.of(combiner), Map.of());
        return (step, probe) -> plan;
    }

    /** The results of a run. */
    private record Run(Recipe recipe, List<StepEvent> steps) {}

    @BeforeAll
    static void mixAlone() {
        NativeSetup.ensure();
        mix = train(recipe(shared, "mix", "mix", false, 0), 1);
        mixWithAdapter = train(recipe(shared, "mix-adapter", "mix", true, 0), 1);
    }

    private static Recipe recipe(Path folder, String name, String method, boolean lora, int stage) {
        var yaml = RecipeReader.write(new TinyRun(folder).recipe(name));
        return RecipeReader.parse(
                yaml,
                List.of(
                        "method={name: " + method + ", lambda: 0.3}",
                        "train.steps=" + STEPS,
                        "train.zero-stage=" + stage,
                        "train.threads=2",
                        "objectives.sft.micro-batch-size=1",
                        lora ? "lora.rank=4" : "lora=",
                        "optimizer.learning-rate=1.0e-3",
                        "optimizer.weight-decay=0.1",
                        // a step that consists of rounding, where a gradient is almost 0, does not count
                        "optimizer.eps=1.0e-4",
                        "cache=none"),
                REGISTRY);
    }

    private static Run train(Recipe recipe, int ranks) {
        var steps = new ArrayList<StepEvent>();
        var listener = new TrainingListener() {
            @Override
            public void onStep(StepEvent event) {
                steps.add(event);
            }
        };
        if (ranks == 1) {
            new TrainingRun(recipe, false).withRegistry(REGISTRY).train(listener, () -> false);
        } else {
            LocalRanks.run(
                    ranks,
                    rank -> new TrainingRun(recipe, false)
                            .withRegistry(REGISTRY)
                            .withRanks(rank)
                            .train(rank.isRankZero() ? listener : new TrainingListener() {}, () -> false));
        }
        return new Run(recipe, steps);
    }

    @ParameterizedTest
    @CsvSource({"false, 1, 0", "false, 2, 0", "false, 2, 1", "false, 2, 2", "false, 3, 3", "true, 1, 0", "true, 2, 3"})
    void ofConstantCoefficientsTheyAreMix(boolean lora, int ranks, int stage) throws IOException {
        var expected = lora ? mixWithAdapter : mix;
        var run = train(recipe(folder, "run", "constant", lora, stage), ranks);
        assertSameSteps(run, expected);
        assertSameWeights(run.recipe(), expected.recipe(), lora);
        if (ranks > 1) {
            assertExchangedAsPlanned(run.recipe(), ranks, stage);
        }
    }

    private static void assertSameWeights(Recipe actual, Recipe expected, boolean lora) {
        var file = lora ? "final/adapter_model.safetensors" : "final/model.safetensors";
        try (var scope = new PointerScope();
                var ours = SafetensorsFile.open(actual.output().resolve(file));
                var theirs = SafetensorsFile.open(expected.output().resolve(file))) {
            assertThat(ours.names()).isEqualTo(theirs.names());
            for (var name : theirs.names()) {
                assertThat(Tensors.norm(ours.tensor(name).sub(theirs.tensor(name))))
                        .as(name)
                        .isLessThanOrEqualTo(1e-4 * Tensors.norm(theirs.tensor(name)) + 1e-6);
            }
        }
    }

    /** PCGrad on one rank equals PCGrad on two, at every ZeRO stage; gradients conflict at some step. */
    @ParameterizedTest
    @CsvSource({"0", "1", "2", "3"})
    void pcgradOnTwoRanksIsPcgrad(int stage) throws IOException {
        var alone = train(recipe(folder, "alone", "pcgrad", false, stage), 1);
        assertThat(alone.steps()).anySatisfy(step -> {
            var norm = mix.steps().get(step.step()).gradNorm();
            assertThat(step.gradNorm()).isNotCloseTo(norm, within(1e-3 * norm));
        });
        var run = train(recipe(folder, "run", "pcgrad", false, stage), 2);
        assertSameSteps(run, alone);
        assertSameWeights(run.recipe(), alone.recipe(), false);
        assertExchangedAsPlanned(run.recipe(), 2, stage);
    }

    @Test
    void stoppedPcgradContinuesBitForBit() {
        var straight = recipe(folder, "straight", "pcgrad", true, 0);
        train(straight, 1);
        var stopped = recipe(folder, "stopped", "pcgrad", true, 0);
        TinyRun.stopAfter(stopped, false, 2);
        TinyRun.stopAfter(stopped, true, 99);
        assertThat(TinyRun.metrics(stopped)).isEqualTo(TinyRun.metrics(straight));
        assertThat(TinyRun.weights(stopped)).isEqualTo(TinyRun.weights(straight));
    }

    private static void assertSameSteps(Run actual, Run expected) {
        assertThat(actual.steps()).hasSize(STEPS);
        for (var i = 0; i < STEPS; i++) {
            var step = expected.steps().get(i);
            assertThat(actual.steps().get(i).gradNorm()).isCloseTo(step.gradNorm(), within(1e-4 * step.gradNorm()));
            step.losses()
                    .forEach((name, loss) -> assertThat(
                                    actual.steps().get(step.step()).losses().get(name))
                            .isCloseTo(loss, within(1e-5 * loss)));
        }
    }

    /** At stages 0 and 1 gradients are summed once for each term. */
    private static void assertExchangedAsPlanned(Recipe recipe, int ranks, int stage) throws IOException {
        var run = PlannedRecipe.of(recipe, false, OptionalLong.empty());
        var planned = Plan.of(run, Cluster.ofCpus(1, 1e9, false), List.of(ranks), OptionalInt.empty())
                .rows()
                .get(stage)
                .step();
        var exchanged = JsonMapper.shared()
                .readTree(Files.readString(recipe.output().resolve("summary.json")))
                .path("exchanged");
        assertThat(exchanged.path("gradient_bytes").doubleValue()).isEqualTo(planned.gradientBytes() * STEPS);
    }

    /** The first combiner sees what it needs: inner products and losses; its result is the gradient. */
    @Test
    void theGramMatrixIsThatOfTheGradients() {
        var grams = new ArrayList<double[][]>();
        var losses = new ArrayList<double[]>();
        var norms = new ArrayList<Double>();
        var recipe = recipe(folder, "gram", "mix", true, 0);
        new TrainingRun(recipe, false)
                .withMethod((names, optima) -> onBoth((gram, stepLosses) -> {
                    grams.add(gram);
                    losses.add(stepLosses);
                    return new double[] {grams.size() % 3 == 0 ? -0.5 : 1, grams.size() % 3 == 1 ? 0 : 2};
                }))
                .train(
                        new TrainingListener() {
                            @Override
                            public void onStep(StepEvent event) {
                                norms.add(event.gradNorm());
                                assertThat(event.losses().values())
                                        .containsExactly(losses.get(event.step())[0], losses.get(event.step())[1]);
                            }
                        },
                        () -> false);
        for (var i = 0; i < STEPS; i++) {
            var gram = grams.get(i);
            var first = (i + 1) % 3 == 0 ? -0.5 : 1;
            var second = (i + 1) % 3 == 1 ? 0 : 2;
            assertThat(gram[0][1]).isEqualTo(gram[1][0]);
            var square = first * first * gram[0][0] + 2 * first * second * gram[0][1] + second * second * gram[1][1];
            assertThat(norms.get(i)).isCloseTo(Math.sqrt(square), within(1e-5 * norms.get(i)));
        }
    }

    @Test
    void aCombinerWithoutACoefficientForEachTermIsNamed() {
        var run = new TrainingRun(recipe(folder, "short", "mix", true, 0), false)
                .withMethod((names, optima) -> onBoth((gram, losses) -> new double[] {1}));
        assertThatThrownBy(() -> run.train(new TrainingListener() {}, () -> false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 coefficients for 2 terms");
    }
}
