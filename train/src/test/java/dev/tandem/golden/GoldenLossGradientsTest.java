package dev.tandem.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.data.example.Example;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.math.TokenStatistic;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.checkpoint.ModelLoader;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.objective.BatchCounts;
import dev.tandem.objective.LogProbs;
import dev.tandem.objective.LossAndTokenGradients;
import dev.tandem.objective.LossRecipe;
import dev.tandem.objective.Objective;
import dev.tandem.objective.ScoredBatch;
import dev.tandem.objective.WeightedLosses;
import dev.tandem.objective.pair.Dpo;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Percentage;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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

    /** Label smoothing of Hugging Face's Trainer: a loss with a gradient by a statistic of the distribution. */
    @Test
    void aMeanOverTheVocabulary() {
        var golden = Golden.json(LOSSES.resolve("sft.json")).get("cases").get("nll-smoothing-0.1");
        var rows = new ArrayList<Example>();
        for (var row : golden.get("rows")) {
            var prompt = (int) Arrays.stream(Golden.ints(row.get("labels")))
                    .filter(label -> label == -100)
                    .count();
            var sequence = TokenSequence.of(Golden.ints(row.get("input_ids")), prompt);
            rows.add(new Example(rows.size(), List.of(sequence)));
        }
        for (var microBatches : List.of(MicroBatches.whole(), new MicroBatches(1, Integer.MAX_VALUE))) {
            gradients(new Smoothed(0.1), rows, ReferenceLogProbs.none(), microBatches, golden);
            var sum = new WeightedLosses(
                    List.of(new WeightedLosses.Term(1.0, new LossRecipe("smoothed", Map.of(), new Smoothed(0.1)))));
            gradients(sum, rows, ReferenceLogProbs.none(), microBatches, golden);
        }
    }

    /** TRL's {@code use_weighting}: a statistic of the distribution that is a constant of the gradient. */
    @Test
    void weightsByTheSumOfSquares() {
        var golden = Golden.json(LOSSES.resolve("dpo.json")).get("cases").get("wpo-sigmoid");
        var pairs = Golden.pairs(Golden.json(LOSSES.resolve("pairs.json")).get("pairs"));
        var chosen = Golden.doubles(golden.get("reference_logp_chosen"));
        var rejected = Golden.doubles(golden.get("reference_logp_rejected"));
        var sums = IntStream.range(0, chosen.length)
                .mapToObj(i -> new double[] {chosen[i], rejected[i]})
                .toList();
        var reference = ReferenceLogProbs.of(pairs, sums);
        for (var microBatches : List.of(MicroBatches.whole(), new MicroBatches(3, Integer.MAX_VALUE))) {
            gradients(new Wpo(0.1), pairs, reference, microBatches, golden);
        }
    }

    /** (1−ε)·(−log p) − ε·mean log p, mean over tokens. */
    private record Smoothed(double epsilon) implements Objective {
        @Override
        public RowShape shape() {
            return RowShape.RESPONSE;
        }

        @Override
        public boolean needsReference() {
            return false;
        }

        @Override
        public Set<TokenStatistic> needs() {
            return Set.of(TokenStatistic.MEAN_LOG_PROB);
        }

        @Override
        public LossAndTokenGradients evaluate(ScoredBatch part, BatchCounts batch) {
            var tokens = (double) batch.trainedTokens().get(0);
            var logProbs = part.policy().values();
            var means = part.policy().statistic(TokenStatistic.MEAN_LOG_PROB);
            var loss = 0.0;
            for (var i = 0; i < logProbs.length; i++) {
                loss -= (1 - epsilon) * logProbs[i] + epsilon * means[i];
            }
            var byLogProb = new float[logProbs.length];
            var byMean = new float[logProbs.length];
            Arrays.fill(byLogProb, (float) (-(1 - epsilon) / tokens));
            Arrays.fill(byMean, (float) (-epsilon / tokens));
            return new LossAndTokenGradients(
                    loss / tokens, byLogProb, Map.of(), Map.of(TokenStatistic.MEAN_LOG_PROB, byMean));
        }
    }

    /** DPO, each pair weighted by exp(mean over tokens of log p − log Σp²) of both responses, at most 1. */
    private record Wpo(double beta) implements Objective {
        @Override
        public RowShape shape() {
            return RowShape.PAIR;
        }

        @Override
        public boolean needsReference() {
            return true;
        }

        @Override
        public Set<TokenStatistic> needs() {
            return Set.of(TokenStatistic.LOG_SUM_SQUARES);
        }

        @Override
        public LossAndTokenGradients evaluate(ScoredBatch part, BatchCounts batch) {
            var policy = part.policy();
            var dpo = new Dpo(beta);
            var gradients = new float[policy.values().length];
            var loss = 0.0;
            for (var i = 0; i < policy.sequences() / 2; i++) {
                var pair = part.example(i, 2);
                var weight = Math.min(1.0, weight(pair.policy(), 0) * weight(pair.policy(), 1));
                var result = dpo.evaluate(pair, batch);
                loss += weight * result.loss();
                for (var t = 0; t < result.tokenGradients().length; t++) {
                    gradients[policy.offsets()[2 * i] + t] = (float) (weight * result.tokenGradients()[t]);
                }
            }
            return new LossAndTokenGradients(loss, gradients, Map.of());
        }

        private static double weight(LogProbs policy, int sequence) {
            var squares = policy.statistic(TokenStatistic.LOG_SUM_SQUARES);
            var sum = 0.0;
            for (var t = policy.offsets()[sequence]; t < policy.offsets()[sequence + 1]; t++) {
                sum += policy.values()[t] - squares[t];
            }
            return Math.exp(sum / policy.length(sequence));
        }
    }

    private static void gradients(Objective objective, List<Example> pairs, JsonNode golden) {
        gradients(objective, pairs, ReferenceLogProbs.none(), MicroBatches.whole(), golden);
    }

    private static void gradients(
            Objective objective,
            List<Example> examples,
            ReferenceLogProbs reference,
            MicroBatches microBatches,
            JsonNode golden) {
        try (var policy = policy()) {
            var batch = TrainingBatch.of(examples, reference);
            var none = new DatasetBatches(Golden.noStream(), reference);
            var task = new ObjectiveTask(
                    "preference", objective, none, none, batch.part(List.of()), microBatches, OptionalDouble.empty());
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
