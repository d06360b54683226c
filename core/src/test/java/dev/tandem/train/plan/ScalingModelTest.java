package dev.tandem.train.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.model.HeadTiles;
import dev.tandem.model.LoraConfig;
import dev.tandem.train.StepFlops;
import dev.tandem.train.bench.BenchShape;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Against sums by hand: GPT-NeoX, hidden 64, 2 blocks, inner 256, vocabulary 512, no tied head. */
class ScalingModelTest {
    private static final long EMBEDDING = 512 * 64;
    private static final long BLOCK = 4 * 64 + (64 * 192 + 192) + (64 * 64 + 64) + (64 * 256 + 256) + (256 * 64 + 64);
    private static final long HEAD = 2 * 64 + 512 * 64;
    private static final long ALL = EMBEDDING + 2 * BLOCK + HEAD;
    private static final LoraConfig ADAPTER = new LoraConfig(4, 4, 0, List.of("query_key_value"), false);
    private static final long IN_BLOCK = 4 * (64 + 192);
    // 10⁶ operations and bytes a second; two lanes, two ranks a machine
    private static final Cluster SLOW = new Cluster(2, 2, 1e9, 1e6, 2e6, 1e6, 0.5);

    private final PlannedRun full = run(Optional.empty(), 6, 6);
    private final PlannedRun adapter = run(Optional.of(ADAPTER), 6, 2);

    private static PlannedRun run(Optional<LoraConfig> lora, long examples, long atOnce) {
        var batches = List.of(new Batch("sft", examples, 1, 10, atOnce));
        var config = BenchShape.named("tiny").config();
        return new PlannedRun(config, lora, Float.BYTES, false, HeadTiles.onCpu(), batches, batches, 0);
    }

    @Test
    void unitsAreEmbeddingBlocksAndHead() {
        assertThat(ParameterUnit.of(full.config(), Optional.empty()))
                .extracting(ParameterUnit::trained)
                .containsExactly(EMBEDDING, BLOCK, BLOCK, HEAD);
        assertThat(ParameterUnit.of(full.config(), Optional.of(ADAPTER)))
                .containsExactly(
                        new ParameterUnit(ParameterUnit.Kind.EMBEDDING, 0, EMBEDDING),
                        new ParameterUnit(ParameterUnit.Kind.BLOCK, IN_BLOCK, BLOCK),
                        new ParameterUnit(ParameterUnit.Kind.BLOCK, IN_BLOCK, BLOCK),
                        new ParameterUnit(ParameterUnit.Kind.HEAD, 0, HEAD));
    }

    @Test
    void memoryOfEveryStage() {
        var model = new ScalingModel(full, SLOW);
        // 2 of 6 sequences of 10 tokens on each of 3 ranks; 4352 bytes a token and block, and once more
        var activations = 20 * 3 * 4352L;
        var head = 2 * 2 * 1024 * 512 * 4L;
        // all is one bucket, for it is small: 165632 elements, 55211 on each rank
        var shard = 55211L;
        var padded = 165633L;
        assertThat(model.memory(ZeroStage.NOTHING, 3))
                .isEqualTo(new RankMemory(0, 4 * ALL, 2 * 4 * ALL, 8 * ALL, activations, head));
        assertThat(model.memory(ZeroStage.MOMENTS, 3))
                .isEqualTo(new RankMemory(0, 4 * padded, 2 * 4 * padded, 8 * shard, activations, head));
        assertThat(model.memory(ZeroStage.GRADIENTS, 3))
                .isEqualTo(new RankMemory(0, 4 * padded, 4 * shard + 2 * 4 * padded, 8 * shard, activations, head));
        // units by themselves, each padded; a slot for each of two blocks, gradients of two units on each lane
        var shards = 10923 + 2 * 16662 + 10966L;
        var slots = 3 * (10923 + 2 * 16662 + 10966L);
        assertThat(model.memory(ZeroStage.PARAMETERS, 3))
                .isEqualTo(new RankMemory(
                        0,
                        4 * (shards + slots),
                        4 * shards + 2 * 4 * 2 * 3 * 16662L,
                        8 * shards,
                        20 * (4352L + 2 * 64 * 4),
                        head));
    }

    @Test
    void anAdaptersBaseIsSplitWithTheParameters() {
        var model = new ScalingModel(adapter, SLOW);
        assertThat(model.memory(ZeroStage.GRADIENTS, 2).frozen()).isEqualTo(4 * ALL);
        assertThat(model.memory(ZeroStage.GRADIENTS, 2).parameters()).isEqualTo(4 * 2 * IN_BLOCK);
        assertThat(model.memory(ZeroStage.PARAMETERS, 2).frozen()).isEqualTo(4 * (ALL / 2 + ALL));
        // the base twice a pass, in three passes of two sequences; the adapter too, and its gradient once
        assertThat(model.bytesSent(ZeroStage.PARAMETERS, 2))
                .isEqualTo(3 * (2 * 4 * (ALL + 2 * IN_BLOCK) + 4 * 2 * IN_BLOCK) / 2.0);
        assertThat(model.bytesSent(ZeroStage.GRADIENTS, 2)).isEqualTo((3 + 1) * 4 * 2 * IN_BLOCK / 2.0);
    }

    @Test
    void bf16CastsWhatIsTrained() {
        var matrices = 2 * (64 * 192 + 64 * 64 + 2 * 64 * 256L);
        assertThat(new ScalingModel(full.inBf16(), SLOW)
                        .memory(ZeroStage.NOTHING, 2)
                        .frozen())
                .isEqualTo(2 * 2 * (matrices + 512 * 64));
    }

    @Test
    void aStepIsComputingAndWhatTheNetworkAddsToIt() {
        var model = new ScalingModel(full, SLOW);
        var alone = model.time(ZeroStage.NOTHING, 1);
        var parts = new StepFlops(full.config(), Optional.empty()).parts(StepFlops.Counts.of(6, 10));
        assertThat(alone.computing()).isCloseTo((parts.total() + parts.headForward()) / 1e6, within(1e-9));
        assertThat(alone.communicating()).isZero();
        // the only bucket is complete when all is computed: sum over a ring of two, in two messages
        var two = model.time(ZeroStage.NOTHING, 2);
        assertThat(two.computing()).isCloseTo(alone.computing() / 2, within(1e-9));
        assertThat(two.exposed()).isCloseTo(2 * 4 * ALL / 2 / 2e6 + 2 * 0.5, within(1e-9));
        // half of it before the optimizer's step, half after
        assertThat(model.time(ZeroStage.MOMENTS, 2).exposed()).isCloseTo(two.exposed(), within(1e-9));
        // three ranks are on two machines: the slower link, and a ring of three
        assertThat(model.time(ZeroStage.NOTHING, 3).communicating())
                .isCloseTo(2 * 4 * ALL * 2 / 3.0 / 1e6 + 4 * 0.5, within(1e-9));
        // stage 3 computes the blocks' forward pass again
        assertThat(model.time(ZeroStage.PARAMETERS, 2).computing())
                .isCloseTo(two.computing() + parts.blocksForward() / 2 / 1e6, within(1e-9));
    }

    @Test
    void saysWhatWouldFit() {
        var model = new ScalingModel(full, SLOW);
        var split = model.memory(ZeroStage.PARAMETERS, 2).total();
        var little = withMemory((split - 1) / Cluster.USABLE);
        var plan = Plan.of(full, little, List.of(2, 1), OptionalInt.empty());
        assertThat(plan.rows()).extracting(Plan.Row::ranks).containsExactly(1, 2, 2, 2, 2);
        // bf16 would cast more weights than its activations save
        assertThat(Remedies.of(plan, 2))
                .extracting(Remedies.Help::settings)
                .containsExactly(List.of("micro-batch-size: 2"), List.of("lora: {rank: 16}"), List.of("4 ranks"));
        // one example a rank: more ranks have as many
        var few = Plan.of(full, little, List.of(2), OptionalInt.of(1));
        assertThat(few.rows()).extracting(Plan.Row::passes).containsOnly(3L);
        assertThat(few.lowestThatFits(2)).map(Plan.Row::stage).contains(ZeroStage.MOMENTS);
        assertThat(Remedies.of(few, 2))
                .extracting(Remedies.Help::settings)
                .doesNotContain(List.of("micro-batch-size: 2"));
        assertThat(Remedies.of(Plan.of(full, withMemory(1000), List.of(2), OptionalInt.empty()), 2))
                .isEmpty();
    }

    private static Cluster withMemory(double memory) {
        return new Cluster(2, 2, memory, 1e6, 2e6, 1e6, 0.5);
    }
}
