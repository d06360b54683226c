package dev.tandem.train.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.data.Example;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.tensor.NativeSetup;
import dev.tandem.train.BatchLoss;
import dev.tandem.train.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The baseline computes the same losses and gradients as the engine: otherwise it would measure something else. */
class NaiveTrainerTest {
    private static final long SEED = 20_261;

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @ParameterizedTest
    @CsvSource({"sft, 8", "sft, 0", "preference, 8", "preference, 0"})
    void lossAndGradientAreTheEngines(String objective, int loraRank) {
        var settings = settings(loraRank, lengths());
        try (var scope = new PointerScope();
                var policy = BenchPolicy.create(settings);
                var optimizer = BenchWorkloads.optimizer(policy);
                var naive = new NaiveTrainer(policy, optimizer, 1e-3, BenchTasks.BETA, torch.ScalarType.Float, 2)) {
            var tasks = new Reference(settings, policy);
            moveAwayFromTheReference(policy);
            for (var batch : tasks.batches(objective, 3)) {
                policy.parameters().zeroGradient();
                var engine = tasks.engineLoss(objective, batch);
                optimizer.clipGradient();
                var expected = policy.parameters().gradient().clone();
                var loss = objective.equals("sft") ? naive.sftStep(batch) : naive.preferenceStep(batch);
                assertThat(loss).isCloseTo(engine, within(1e-5 * (1 + Math.abs(engine))));
                assertThat(distance(policy.parameters().gradient(), expected)).isLessThan(1e-4);
            }
        }
    }

    @Test
    void tellsWhichShapesItIsWrittenFor() {
        var settings = new BenchSettings(
                BenchShape.named("tiny-llama"),
                Precision.FP32,
                8,
                BenchShape.named("tiny-llama").attentionInputs(),
                false,
                2,
                2,
                lengths(),
                0,
                1,
                1,
                true,
                Set.of("sft"));
        assertThatThrownBy(() -> new Bench(settings, what -> {}).run())
                .isInstanceOf(UserException.class)
                .hasMessageContaining("GPT-NeoX")
                .hasMessageContaining("not for llama");
    }

    private static BenchSettings settings(int loraRank, BenchLengths lengths) {
        return new BenchSettings(
                BenchShape.named("tiny"),
                Precision.FP32,
                loraRank,
                BenchShape.named("tiny").attentionInputs(),
                false,
                5,
                3,
                lengths,
                1,
                3,
                2,
                true,
                Set.of("sft", "preference"));
    }

    /** Ragged lengths, down to a single token. */
    private static BenchLengths lengths() {
        var random = new SplittableRandom(SEED);
        var sft = new ArrayList<BenchLengths.Sft>();
        var pairs = new ArrayList<BenchLengths.Pair>();
        for (var i = 0; i < 17; i++) {
            sft.add(new BenchLengths.Sft(1 + random.nextInt(20), 1 + random.nextInt(40)));
            pairs.add(new BenchLengths.Pair(1 + random.nextInt(30), 1 + random.nextInt(25), 1 + random.nextInt(25)));
        }
        return new BenchLengths(sft, pairs);
    }

    /** An adapter starts at zero: policy and reference would be one. */
    private static void moveAwayFromTheReference(Policy policy) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            torch.manual_seed(SEED);
            var values = policy.parameters().values();
            values.add_(torch.randn_like(values).mul(new Scalar(0.02)));
        }
    }

    private static double distance(Tensor a, Tensor b) {
        return a.sub(b).norm().item_double() / b.norm().item_double();
    }

    /** The engine's objectives, whose reference is the policy as it was at construction. */
    private static final class Reference {
        private final BenchTasks tasks;
        private final Policy policy;

        Reference(BenchSettings settings, Policy policy) {
            this.tasks = new BenchTasks(settings, policy);
            this.policy = policy;
        }

        List<List<Example>> batches(String objective, int count) {
            var stream = tasks.stream(objective);
            var result = new ArrayList<List<Example>>();
            for (var i = 0; i < count; i++) {
                result.add(stream.take());
            }
            return result;
        }

        double engineLoss(String objective, List<Example> batch) {
            var task = tasks.tasks().get(BenchTasks.OBJECTIVES.indexOf(objective));
            return BatchLoss.withGradient(policy, task, task.batches().peek().part(batch), 1.0, 0)
                    .loss();
        }
    }
}
