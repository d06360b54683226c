package dev.tandem.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.model.head.HeadTiles;
import dev.tandem.model.lora.LoraConfig;
import dev.tandem.recipe.ZeroStage;
import dev.tandem.train.cost.ActivationMemory;
import dev.tandem.train.cost.MemoryEstimate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Laws that hold for every model, batch and cluster. */
class ScalingLawsTest {
    private static final double ROUNDING = 1e-9;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void laws(long seed) {
        var random = new SplittableRandom(seed);
        var run = run(random);
        var cluster = new Cluster(
                1 + random.nextInt(8),
                1 + random.nextInt(4),
                1e12,
                Math.pow(10, 9 + random.nextDouble(5)),
                Math.pow(10, 9 + random.nextDouble(2)),
                Math.pow(10, 8 + random.nextDouble(2)),
                random.nextDouble(1e-3));
        var model = new ScalingModel(run, cluster);
        aloneItIsTheEstimateOfARun(run, cluster, model);
        for (var ranks : new int[] {2, 7, 1000}) {
            shardsCoverTheWhole(run, model, ranks);
            volumes(run, model, ranks);
            for (var stage : ZeroStage.values()) {
                times(run, model, stage, ranks);
                moreRanksHoldNoMore(model, stage, ranks);
            }
        }
    }

    private static void aloneItIsTheEstimateOfARun(PlanInput run, Cluster cluster, ScalingModel model) {
        var estimate = MemoryEstimate.of(
                model.frozen(),
                model.trained(),
                run.lora().isEmpty(),
                new ActivationMemory(run.spec(), run.bytesPerElement(), run.checkpointActivations()),
                run.bytesPerElement(),
                cluster.threads(),
                (long) run.largestPass(1),
                2L * cluster.threads() * run.tiles().bytes(run.spec().vocabSize()));
        var memory = model.memory(ZeroStage.NOTHING, 1);
        assertThat(memory.total()).isEqualTo(estimate.total());
        assertThat(memory.parameters() + memory.gradients() + memory.moments()).isEqualTo(estimate.optimizer());
        assertThat(memory.frozen()).isEqualTo(estimate.weights());
        for (var stage : ZeroStage.values()) {
            assertThat(model.step(stage, 1).bytesSent()).isZero();
        }
    }

    private static void shardsCoverTheWhole(PlanInput run, ScalingModel model, int ranks) {
        for (var stage : ZeroStage.values()) {
            var units = ParameterUnit.of(run.spec(), run.lora(), run.bytesPerElement());
            var sharding = new ShardLayout(stage, ranks, units, run.spec().layers());
            var buckets = sharding.layout().buckets().size();
            assertThat(sharding.share() * ranks).isEqualTo(sharding.elements());
            assertThat(sharding.elements()).isBetween(model.trained(), model.trained() + (long) buckets * (ranks - 1));
        }
    }

    private static void volumes(PlanInput run, ScalingModel model, int ranks) {
        var others = (ranks - 1.0) / ranks;
        var once = 4 * model.trained() * others;
        // padding: less than an element of each rank and bucket
        var padding = 4.0 * ranks * (run.spec().layers() + 2);
        var passes = run.passes();
        var sent = Arrays.stream(ZeroStage.values())
                .map(stage -> model.step(stage, ranks))
                .toList();
        assertThat(sent.get(0).bytesSent()).isBetween(2 * once * (1 - ROUNDING), 2 * (once + padding));
        assertThat(sent.get(1).bytesSent()).isCloseTo(sent.get(0).bytesSent(), within(once * ROUNDING));
        assertThat(sent.get(2).gradientBytes())
                .isCloseTo(passes * sent.get(1).gradientBytes(), within(passes * once * ROUNDING));
        assertThat(sent.get(2).parameterBytes()).isEqualTo(sent.get(1).parameterBytes());
        assertThat(sent.get(3).gradientBytes()).isBetween(passes * once * (1 - ROUNDING), passes * (once + padding));
        var gathered = once + run.bytesPerElement() * model.frozen() * others;
        // at most twice a pass, for some units stay where they are; trained ones at least once. Each frozen parameter
        // is
        // rounded up to 64 bytes, and each unit to 64 bytes of each rank
        var rounding = 64 * (12.0 + ranks) * (run.spec().layers() + 2);
        assertThat(sent.get(3).parameterBytes())
                .isBetween(once * (1 - ROUNDING), passes * (2 + run.probes()) * (gathered + padding + rounding));
    }

    private static void times(PlanInput run, ScalingModel model, ZeroStage stage, int ranks) {
        var row = model.row(stage, ranks);
        var time = row.step().time();
        assertThat(time.exposed()).isBetween(0.0, time.communicating() * (1 + ROUNDING) + ROUNDING);
        assertThat(row.efficiency()).isBetween(0.0, 1 + ROUNDING);
        assertThat(time.computing())
                .isLessThanOrEqualTo(model.step(stage, 1).time().computing() * (1 + ROUNDING));
        assertThat(row.tokensPerSecond() * time.total()).isCloseTo(run.tokens(), within(run.tokens() * ROUNDING));
    }

    private static void moreRanksHoldNoMore(ScalingModel model, ZeroStage stage, int ranks) {
        var memory = model.memory(stage, ranks);
        var more = model.memory(stage, 2 * ranks);
        assertThat(more.activations()).isLessThanOrEqualTo(memory.activations());
        if (stage == ZeroStage.NOTHING) {
            assertThat(memory.moments()).isGreaterThanOrEqualTo(8 * model.trained());
        } else {
            assertThat(more.moments()).isLessThanOrEqualTo(memory.moments());
            assertThat(memory.moments())
                    .isLessThan(model.memory(ZeroStage.NOTHING, ranks).moments());
        }
    }

    private static PlanInput run(SplittableRandom random) {
        var config = spec(random);
        var lora = random.nextBoolean()
                ? Optional.of(new LoraConfig(1 + random.nextInt(32), 1, 0, List.of(LoraConfig.ALL_LINEAR), false))
                : Optional.<LoraConfig>empty();
        var batches = List.of(batch("sft", 1, random), batch("preference", 2, random));
        return new PlanInput(
                config,
                lora,
                random.nextBoolean() ? 2 : 4,
                random.nextBoolean(),
                HeadTiles.onCpu(),
                batches,
                batches.subList(0, 1 + random.nextInt(2)),
                random.nextDouble(),
                0);
    }

    private static Batch batch(String name, int sequences, SplittableRandom random) {
        var examples = 1 + random.nextInt(2000);
        return new Batch(name, examples, sequences, 1 + random.nextInt(2000), 1 + random.nextInt(examples));
    }

    private static ModelSpec spec(SplittableRandom random) {
        var heads = 1 << random.nextInt(5);
        var headDim = 2 << random.nextInt(6);
        return ModelFamilies.read(ConfigJson.of(
                "random",
                Map.of(
                        "model_type",
                        List.of("llama", "qwen2", "qwen3").get(random.nextInt(3)),
                        "vocab_size",
                        1 + random.nextInt(50_000),
                        "hidden_size",
                        heads * headDim,
                        "num_hidden_layers",
                        1 + random.nextInt(40),
                        "num_attention_heads",
                        heads,
                        "num_key_value_heads",
                        heads / (1 << random.nextInt(2) % Integer.numberOfTrailingZeros(2 * heads)),
                        "head_dim",
                        headDim,
                        "intermediate_size",
                        1 + random.nextInt(5000),
                        "tie_word_embeddings",
                        random.nextBoolean())));
    }
}
