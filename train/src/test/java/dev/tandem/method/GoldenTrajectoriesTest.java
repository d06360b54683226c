package dev.tandem.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.method.draw.Maxright;
import dev.tandem.method.draw.Maxright.ProbeBatch;
import dev.tandem.method.stage.Sequential;
import dev.tandem.recipe.MethodsTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Decisions that an independent implementation made, given the losses it saw. */
class GoldenTrajectoriesTest {
    private static final List<String> NAMES = List.of("sft", "preference");

    static Stream<Arguments> maxrightRuns() throws IOException {
        var runs = new ArrayList<Arguments>();
        for (var folder : List.of("trajectory-gpt-neox", "trajectory-qwen3")) {
            golden(folder).propertyNames().stream()
                    .filter(run -> run.startsWith("maxright"))
                    .forEach(run -> runs.add(Arguments.of(folder, run)));
        }
        assertThat(runs).hasSize(4);
        return runs.stream();
    }

    @ParameterizedTest
    @MethodSource("maxrightRuns")
    void maxrightChoosesAlikeAndKnowsTheSameGaps(String folder, String run) throws IOException {
        var golden = golden(folder);
        var optima = NAMES.stream()
                .mapToDouble(name -> golden.get("optima_for_maxright").get(name).asDouble())
                .toArray();
        var lambda = golden.get(run).get("lambda").asDouble();
        var every = golden.get("hyperparameters").get("maxright_evaluate_every").asInt();
        var weights = ObjectiveWeights.ofPreference(NAMES, lambda);
        var method = new Maxright.Settings(weights, every, ProbeBatch.NEXT, 0.0)
                .create(new MethodContext(NAMES, optima, 30, 0));

        for (var step : golden.get(run).get("steps")) {
            var probed = new ArrayList<String>();
            var plan = method.plan(step.get("step").asInt(), objective -> {
                probed.add(NAMES.get(objective));
                return evaluatedLoss(step, objective, lambda, optima);
            });
            var evaluated = step.has("evaluated");
            assertThat(probed).containsExactlyInAnyOrderElementsOf(evaluated ? NAMES : List.of());
            assertThat(plan.notes()).containsEntry(Maxright.EVALUATED, evaluated ? 1.0 : 0.0);
            assertThat(plan.terms()).containsExactly(new StepPlan.Term(chosen(step), 1.0));
            for (var name : NAMES) {
                assertThat(plan.notes().get(Maxright.GAP + name))
                        .isCloseTo(step.get("weighted_gaps").get(name).asDouble(), within(1e-9));
            }
            method.observe(plan, new double[] {trainingLoss(step)});
        }
    }

    /** At an evaluation the chosen one's loss is its training loss; the other's is in its recorded gap. */
    private static double evaluatedLoss(JsonNode step, int objective, double lambda, double[] optima) {
        if (objective == chosen(step)) {
            return trainingLoss(step);
        }
        var weight = objective == 1 ? lambda : 1.0 - lambda;
        return step.get("weighted_gaps").get(NAMES.get(objective)).asDouble() / weight + optima[objective];
    }

    @ParameterizedTest
    @ValueSource(strings = {"trajectory-gpt-neox", "trajectory-qwen3"})
    void sequentialSwitchesHalfway(String folder) throws IOException {
        var golden = golden(folder);
        for (var order : List.of(List.of("sft", "preference"), List.of("preference", "sft"))) {
            var method = new Sequential.Settings(order).create(new MethodContext(NAMES, new double[2], 30, 0));
            for (var step : golden.get("sequential_" + String.join("_", order)).get("steps")) {
                var number = step.get("step").asInt();
                var plan = method.plan(number, MethodsTest::noProbe);
                assertThat(plan.terms()).containsExactly(new StepPlan.Term(chosen(step), 1.0));
                assertThat(plan.resetOptimizer()).isEqualTo(number == 15);
            }
        }
    }

    private static int chosen(JsonNode step) {
        return NAMES.indexOf(step.get("chosen").asString());
    }

    private static double trainingLoss(JsonNode step) {
        return step.get("losses").get(step.get("chosen").asString()).asDouble();
    }

    private static JsonNode golden(String folder) throws IOException {
        try (var in = Files.newInputStream(Path.of("../testdata/golden", folder, "trajectories.json"))) {
            return JsonMapper.shared().readTree(in);
        }
    }
}
