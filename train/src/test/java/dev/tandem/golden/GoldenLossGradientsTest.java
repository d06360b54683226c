package dev.tandem.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.data.example.Example;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.checkpoint.ModelLoader;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.objective.Objective;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.flat.FlatParameters;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.parallel.ReplicaThreads;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.loop.BatchLoss;
import dev.tandem.train.loop.DatasetBatches;
import dev.tandem.train.loop.MicroBatches;
import dev.tandem.train.loop.ObjectiveTask;
import dev.tandem.train.loop.TrainingBatch;
import dev.tandem.train.policy.Policy;
import dev.tandem.train.reference.ReferenceLogProbs;
import dev.tandem.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Percentage;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Losses as TRL computes them on a model, by the recipe that names them: {@code testdata/golden/README.md}, losses. */
class GoldenLossGradientsTest {
    private static final Path LOSSES = Golden.directory("losses");
    private static final Percentage LOSS = Percentage.withPercentage(1e-2);
    private static final double NORM_RELATIVE = 1e-3;

    @TempDir
    Path folder;

    @BeforeAll
    static void setUp() {
        NativeSetup.ensure();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "simpo-pure-b2-g0.5 | loss: simpo",
                "simpo-pure-b2.5-g1.4-e0.1 | loss: simpo, beta: 2.5, gamma: 1.4, label-smoothing: 0.1",
                "simpo-default | 'loss: [simpo, sft], beta: 0.1'"
            })
    void withoutAReference(String name, String keys) throws IOException {
        var golden =
                Golden.json(LOSSES.resolve("no_reference.json")).get("cases").get(name);
        var pairs = Golden.json(LOSSES.resolve("pairs.json")).get("pairs");
        var recipe = RecipeReader.parse(recipe(pairs, keys), List.of());
        var objective = recipe.objectives().get("preference").loss().objective();
        assertThat(objective.needsReference()).isFalse();

        gradients(objective, Golden.pairs(pairs), golden);

        var first = new TrainingRun(recipe, false)
                .train(new TrainingListener() {}, () -> true)
                .first()
                .orElseThrow();
        assertThat(first.losses().get("preference"))
                .isCloseTo(golden.get("loss").doubleValue(), LOSS);
    }

    private static void gradients(Objective objective, List<Example> pairs, JsonNode golden) {
        try (var policy = policy()) {
            var batch = TrainingBatch.of(pairs, ReferenceLogProbs.none());
            var none = new DatasetBatches(Golden.noStream(), ReferenceLogProbs.none());
            var task = new ObjectiveTask(
                    "preference", objective, none, none, batch.part(List.of()), MicroBatches.whole(), 0);
            var result = BatchLoss.withGradient(policy, task, batch, 1.0, 0);
            assertThat(result.loss()).isCloseTo(golden.get("loss").doubleValue(), LOSS);
            var norms = Golden.numbers(golden.get("grad_norms"));
            assertThat(policy.parameters().leaves().keySet()).containsExactlyInAnyOrderElementsOf(norms.keySet());
            try (var scope = new PointerScope()) {
                norms.forEach((name, norm) -> assertThat(
                                Tensors.norm(policy.parameters().gradient(name)))
                        .as(name)
                        .isCloseTo(norm, within(Math.max(1e-6, NORM_RELATIVE * norm))));
            }
        }
    }

    /** A run whose evaluation set is the four pairs. */
    private String recipe(JsonNode pairs, String keys) throws IOException {
        var lines = StreamSupport.stream(pairs.spliterator(), false)
                .map(JsonNode::toString)
                .collect(Collectors.joining("\n"));
        var data = Files.writeString(folder.resolve("pairs.jsonl"), lines + "\n");
        return """
                model: %s
                method: {name: single, objective: preference}
                objectives:
                  preference: {%s, data: %s, eval-data: %s, format: tokens, batch-size: 4}
                train: {steps: 1, device: cpu, threads: 1, checkpoint-every: 0}
                output: %s
                """.formatted(LOSSES, keys, data, data, folder.resolve("run"));
    }

    private static Policy policy() {
        var device = new Device("cpu");
        var spec = ModelFamilies.read(LOSSES);
        try (var scope = new PointerScope();
                var owner = new TensorOwner()) {
            var tensors = ModelLoader.tensors(LOSSES, spec, ScalarType.Float, device, owner);
            var parameters =
                    FlatParameters.of(tensors, name -> tensors.get(name).dim() > 1, device);
            var model = new CausalLm(
                    spec, parameters.leaves(), Computation.of(ScalarType.Float, device), new TensorOwner());
            return new Policy(model, parameters, Optional.empty(), new ReplicaThreads(2, 2));
        }
    }
}
