package dev.tandem.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.tandem.data.example.Example;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.stream.StreamState;
import dev.tandem.golden.Golden;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.checkpoint.ModelLoader;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.model.lora.LoraConfig;
import dev.tandem.objective.BatchCounts;
import dev.tandem.objective.LossAndTokenGradients;
import dev.tandem.objective.Objective;
import dev.tandem.objective.ScoredBatch;
import dev.tandem.objective.pair.Dpo;
import dev.tandem.objective.response.Sft;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.flat.FlatParameters;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.parallel.ReplicaThreads;
import dev.tandem.train.policy.Policy;
import dev.tandem.train.reference.ReferenceLogProbs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What saves time or memory must not change losses and gradients, in any model family and dtype. */
class EngineLawsTest {
    private static final long SEED = 2410_15483;
    private static final MicroBatches FIVE = new MicroBatches(5, Integer.MAX_VALUE);
    private static final Device CPU = new Device("cpu");

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    /** Family, dtype, whether all parameters are trained. */
    static Stream<Arguments> policies() {
        return Golden.families()
                .flatMap(family -> Stream.of(ScalarType.Float, ScalarType.BFloat16)
                        .flatMap(type -> Stream.of(false, true).map(full -> Arguments.of(family, type, full))));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void sharedPromptsGiveTheGradientOfSeparateSequences(String family, ScalarType type, boolean full) {
        var usual = Computation.of(type, CPU);
        var pairs = pairs(6, 40);
        try (var shared = policy(family, full, 0, usual, 2);
                var separate = policy(family, full, 0, usual.withSharedPrompts(false), 2)) {
            assertThat(shared.model().pack(pairs).tokens())
                    .isLessThan(separate.model().pack(pairs).tokens());
            var a = withGradient(shared, task(pairs), pairs);
            var b = withGradient(separate, task(pairs), pairs);
            var bits = type == ScalarType.Float ? 2e-5 : 3e-2;
            assertThat(a.loss().loss()).isCloseTo(b.loss().loss(), within(bits));
            assertThat(distance(a.gradient(), b.gradient())).isLessThan(bits);
            assertThat(a.loss().trainedTokens()).isEqualTo(b.loss().trainedTokens());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.tandem.golden.Golden#families")
    void bf16ProductsComputedInFloat32AreBf16Products(String family) {
        var bf16 = Computation.of(ScalarType.BFloat16, CPU);
        var pairs = pairs(6, 40);
        for (var full : List.of(false, true)) {
            try (var instructions = policy(family, full, 0, bf16.withProductType(ScalarType.BFloat16), 2);
                    var widened = policy(family, full, 0, bf16.withProductType(ScalarType.Float), 2)) {
                var a = withGradient(instructions, task(pairs), pairs);
                var b = withGradient(widened, task(pairs), pairs);
                assertThat(a.loss().loss()).isCloseTo(b.loss().loss(), within(3e-2));
                assertThat(distance(a.gradient(), b.gradient())).isLessThan(3e-2);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void joinedProjectionsGiveTheGradientOfSeparateOnes(String family, ScalarType type, boolean full) {
        var usual = Computation.of(type, CPU);
        var pairs = pairs(6, 40);
        for (var dropout : List.of(0.0, 0.2)) {
            try (var joined = policy(family, full, dropout, usual.withFusedProjections(true), 2);
                    var separate = policy(family, full, dropout, usual.withFusedProjections(false), 2)) {
                var a = withGradient(joined, task(pairs), pairs);
                var b = withGradient(separate, task(pairs), pairs);
                var bits = type == ScalarType.Float ? 2e-5 : 3e-2;
                assertThat(a.loss().loss()).isCloseTo(b.loss().loss(), within(bits));
                assertThat(distance(a.gradient(), b.gradient())).isLessThan(bits);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void howABatchIsSplitDoesNotShow(String family, ScalarType type, boolean full) {
        var pairs = pairs(6, 40);
        var most = pairs.stream().mapToInt(Example::tokens).sum();
        try (var policy = policy(family, full, 0, Computation.of(type, CPU), 2)) {
            var whole = withGradient(policy, task(pairs, MicroBatches.whole()), pairs);
            for (var limits : List.of(
                    new MicroBatches(Integer.MAX_VALUE, most / 2),
                    new MicroBatches(2, most / 3),
                    new MicroBatches(Integer.MAX_VALUE, 1))) {
                assertThat(limits.of(pairs)).hasSizeGreaterThan(1);
                policy.parameters().zeroGradient();
                var split = withGradient(policy, task(pairs, limits), pairs);
                var lossBits = type == ScalarType.Float ? 1e-6 : 3e-2;
                assertThat(split.loss().loss()).isCloseTo(whole.loss().loss(), withinPercentage(100 * lossBits));
                // sums in another order: at most 1.2e-6 in any family
                var gradientBits = type == ScalarType.Float ? 3e-6 : 3e-2;
                assertThat(distance(split.gradient(), whole.gradient())).isLessThan(gradientBits);
                assertThat(split.loss().trainedTokens()).isEqualTo(whole.loss().trainedTokens());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void checkpointingActivationsChangesNoBitOfTheGradient(String family, ScalarType type, boolean full) {
        var usual = Computation.of(type, CPU);
        var pairs = pairs(4, 30);
        try (var kept = policy(family, full, 0.2, usual, 2);
                var again = policy(family, full, 0.2, usual.withCheckpointActivations(true), 2)) {
            var a = withGradient(kept, task(pairs), pairs);
            var b = withGradient(again, task(pairs), pairs);
            assertThat(b.loss().loss()).isEqualTo(a.loss().loss());
            assertThat(b.gradient()).isEqualTo(a.gradient());
            assertThat(norm(a.gradient())).isGreaterThan(0);
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void aStepOnABatchThatWasLookedAtIsTheStep(String family, ScalarType type, boolean full) {
        var pairs = pairs(5, 30);
        var rows = pairs.stream()
                .map(p -> new Example(p.index(), List.of(p.sequences().get(0))))
                .toList();
        var none = ReferenceLogProbs.none();
        var tasks = List.of(
                task(pairs),
                new ObjectiveTask(
                        "sft",
                        new Sft(),
                        new Fixed(TrainingBatch.of(rows, none)),
                        new Fixed(TrainingBatch.of(rows, none)),
                        TrainingBatch.of(List.of(), none),
                        FIVE,
                        OptionalDouble.empty()));
        for (var chosen : List.of(0, 1)) {
            try (var policy = policy(family, full, 0, Computation.of(type, CPU), 3)) {
                var direct = withGradient(
                        policy, tasks.get(chosen), tasks.get(chosen).batches().peek());
                policy.parameters().zeroGradient();
                try (var batches = new StepBatches(policy, tasks, objective -> SEED)) {
                    var first = batches.loss(0);
                    var second = batches.loss(1);
                    assertThat(chosen == 0 ? first : second)
                            .isCloseTo(direct.loss().loss(), within(1e-6));
                    var stepped = batches.step(chosen, 1.0, true);
                    assertThat(stepped.loss()).isEqualTo(chosen == 0 ? first : second);
                    assertThat(stepped.tokens()).isEqualTo(direct.loss().tokens());
                }
                var bits = type == ScalarType.Float ? 1e-5 : 3e-2;
                assertThat(distance(Tensors.toFloats(policy.parameters().gradient()), direct.gradient()))
                        .isLessThan(bits);
            }
        }
    }

    /** A loss whose slope is a statistic of all second sequences: the mean of log π − log π_ref. */
    private record Tilted() implements Objective {
        @Override
        public RowShape shape() {
            return RowShape.PAIR;
        }

        @Override
        public boolean needsReference() {
            return true;
        }

        @Override
        public OptionalInt statisticSequence() {
            return OptionalInt.of(1);
        }

        @Override
        public double statistic(ScoredBatch part, BatchCounts batch) {
            var sum = 0.0;
            for (var i = 0; i < part.policy().sequences(); i++) {
                sum += part.policy().sum(i) - part.referenceSums()[i];
            }
            return sum / batch.examples();
        }

        @Override
        public LossAndTokenGradients evaluate(ScoredBatch part, BatchCounts batch) {
            var slope = part.statistic() / batch.examples();
            var loss = 0.0;
            for (var i = 0; i < part.policy().sequences(); i++) {
                loss += slope * (part.policy().sum(i) - part.referenceSums()[i]);
            }
            var weights = new float[part.policy().values().length];
            Arrays.fill(weights, (float) slope);
            return new LossAndTokenGradients(loss, weights, Map.of("statistic", part.statistic() * loss));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStatisticOfTheWholeBatchIsFoundBeforeItsParts(boolean full) {
        var pairs = pairs(6, 40);
        var batch = task(pairs).batches().peek();
        try (var policy = policy("qwen3", full, 0.1, Computation.of(ScalarType.Float, CPU), 2)) {
            var slope = 0.0;
            for (var i = 0; i < pairs.size(); i++) {
                var second =
                        policy.logProbs(policy.model().pack(List.of(pairs.get(i).only(1))));
                slope += (second.sum(0) - batch.reference().of(List.of(pairs.get(i)))[1]) / pairs.size();
            }
            var whole = BatchLoss.withoutGradient(policy, tilted(batch), batch, MicroBatches.whole());
            assertThat(whole.statistics().get("statistic")).isCloseTo(slope * whole.loss(), withinPercentage(1e-3));
            assertThat(whole.trainedTokens())
                    .isEqualTo(pairs.stream().mapToInt(p -> p.trainedTokens(0)).sum());
            assertThat(whole.tokens())
                    .isEqualTo(policy.model()
                                    .pack(pairs.stream().map(p -> p.only(0)).toList())
                                    .tokens()
                            + policy.model()
                                    .pack(pairs.stream().map(p -> p.only(1)).toList())
                                    .tokens());
            for (var limits : List.of(new MicroBatches(1, 1000), new MicroBatches(4, 60))) {
                var split = BatchLoss.withoutGradient(policy, tilted(batch), batch, limits);
                assertThat(split.loss()).isCloseTo(whole.loss(), withinPercentage(1e-3));
                assertThat(split.tokens()).isEqualTo(whole.tokens());
            }
        }
        try (var policy = policy("qwen3", full, 0, Computation.of(ScalarType.Float, CPU), 2)) {
            var direct = withGradient(policy, tilted(batch), batch);
            policy.parameters().zeroGradient();
            var open = DeferredBackward.forward(policy, tilted(batch), batch, SEED, true);
            assertThat(open.backward(1.0, true).loss()).isCloseTo(direct.loss().loss(), withinPercentage(1e-3));
            assertThat(distance(Tensors.toFloats(policy.parameters().gradient()), direct.gradient()))
                    .isLessThan(1e-5);
            assertThat(norm(direct.gradient())).isGreaterThan(0);
        }
    }

    private static ObjectiveTask tilted(TrainingBatch batch) {
        var usual = task(batch.examples());
        return new ObjectiveTask(
                "tilted",
                new Tilted(),
                usual.batches(),
                usual.probes(),
                usual.evaluation(),
                usual.microBatches(),
                OptionalDouble.empty());
    }

    /** A method's decision depends neither on dropout nor on how a batch is cut; the step uses dropout nevertheless. */
    @ParameterizedTest
    @MethodSource("policies")
    void aProbeHasNoDropout(String family, ScalarType type, boolean full) {
        var pairs = pairs(5, 30);
        var computation = Computation.of(type, CPU);
        double without;
        try (var policy = policy(family, full, 0, computation, 3)) {
            without = withGradient(policy, task(pairs), pairs).loss().loss();
        }
        for (var microBatches : List.of(FIVE, new MicroBatches(2, Integer.MAX_VALUE))) {
            var task = task(pairs, microBatches);
            try (var policy = policy(family, full, 0.2, computation, 3)) {
                var direct = withGradient(policy, task, pairs);
                policy.parameters().zeroGradient();
                try (var batches = new StepBatches(policy, List.of(task), objective -> SEED)) {
                    assertThat(batches.loss(0)).isCloseTo(without, within(type == ScalarType.Float ? 1e-6 : 1e-2));
                    assertThat(batches.step(0, 1.0, true).loss())
                            .isEqualTo(direct.loss().loss());
                }
                assertThat(Tensors.toFloats(policy.parameters().gradient())).isEqualTo(direct.gradient());
            }
        }
    }

    /** Gives the same batch again and again. */
    private record Fixed(TrainingBatch batch) implements BatchSource {
        @Override
        public TrainingBatch peek() {
            return batch;
        }

        @Override
        public TrainingBatch take() {
            return peek();
        }

        @Override
        public StreamState state() {
            return new StreamState(0, List.of(), 0);
        }

        @Override
        public void restore(StreamState state) {}
    }

    private record Outcome(BatchLoss loss, float[] gradient) {}

    private static Outcome withGradient(Policy policy, ObjectiveTask task, List<Example> examples) {
        return withGradient(policy, task, task.batches().peek().part(examples));
    }

    private static Outcome withGradient(Policy policy, ObjectiveTask task, TrainingBatch batch) {
        var loss = BatchLoss.withGradient(policy, task, batch, 1.0, SEED);
        return new Outcome(loss, Tensors.toFloats(policy.parameters().gradient()));
    }

    private static ObjectiveTask task(List<Example> pairs) {
        return task(pairs, FIVE);
    }

    private static ObjectiveTask task(List<Example> pairs, MicroBatches microBatches) {
        var random = new SplittableRandom(SEED);
        var sums = pairs.stream()
                .map(p -> new double[] {-40 - random.nextDouble(), -41 + random.nextDouble()})
                .toList();
        Objective dpo = new Dpo(0.1, 0);
        var batch = TrainingBatch.of(pairs, ReferenceLogProbs.of(pairs, sums));
        return new ObjectiveTask(
                "preference",
                dpo,
                new Fixed(batch),
                new Fixed(batch),
                batch.part(List.of()),
                microBatches,
                OptionalDouble.empty());
    }

    /** Pairs of random tokens: prompts from one token to {@code longest}, now and then a single trained token. */
    private static List<Example> pairs(int count, int longest) {
        var random = new SplittableRandom(SEED);
        var result = new ArrayList<Example>();
        for (var i = 0; i < count; i++) {
            var prompt = random.ints(i == 0 ? longest : 1 + random.nextInt(longest), 0, 97)
                    .toArray();
            result.add(new Example(i, List.of(answered(prompt, random), answered(prompt, random))));
        }
        return result;
    }

    private static TokenSequence answered(int[] prompt, SplittableRandom random) {
        var answer = random.ints(1 + random.nextInt(12), 0, 97).toArray();
        var ids = java.util.stream.IntStream.concat(java.util.Arrays.stream(prompt), java.util.Arrays.stream(answer))
                .toArray();
        return TokenSequence.of(ids, prompt.length);
    }

    private static double distance(float[] a, float[] b) {
        var difference = new float[a.length];
        for (var i = 0; i < a.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return norm(difference) / norm(b);
    }

    private static double norm(float[] values) {
        var sum = 0.0;
        for (var value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    private static Policy policy(String family, boolean full, double dropout, Computation computation, int replicas) {
        var directory = Golden.directory(family);
        var config = ModelFamilies.read(directory);
        try (var scope = new PointerScope();
                var guard = new NoGradGuard();
                var owner = new TensorOwner()) {
            if (full) {
                var tensors = ModelLoader.tensors(directory, config, ScalarType.Float, CPU, owner);
                var parameters =
                        FlatParameters.of(tensors, name -> tensors.get(name).dim() > 1, CPU);
                var model = new CausalLm(config, parameters.leaves(), computation, new TensorOwner());
                return new Policy(model, parameters, Optional.empty(), new ReplicaThreads(replicas, replicas));
            }
            var model = ModelLoader.load(directory, computation);
            var lora = new LoraConfig(4, 8, dropout, List.of(LoraConfig.ALL_LINEAR), false);
            var initial = LoraAdapter.create(lora, model.layout(), 1, CPU);
            torch.manual_seed(7);
            initial.tensors().forEach((name, tensor) -> {
                if (name.endsWith("lora_B")) {
                    tensor.normal_(0, 0.05, new GeneratorOptional());
                }
            });
            var parameters = FlatParameters.of(initial.tensors(), name -> true, CPU);
            return new Policy(
                    model,
                    parameters,
                    Optional.of(initial.withTensors(parameters.leaves())),
                    new ReplicaThreads(replicas, replicas));
        }
    }
}
