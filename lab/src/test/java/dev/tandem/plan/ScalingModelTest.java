package dev.tandem.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.bench.BenchShape;
import dev.tandem.model.head.HeadTiles;
import dev.tandem.model.lora.LoraConfig;
import dev.tandem.recipe.ZeroStage;
import dev.tandem.train.cost.StepFlops;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Against sums by hand: GPT-NeoX, hidden 64, 2 blocks, inner 256, vocabulary 512, no tied head. */
class ScalingModelTest {
    private static final long EMBEDDING = 512 * 64;
    private static final long BLOCK = 4 * 64 + (64 * 192 + 192) + (64 * 64 + 64) + (64 * 256 + 256) + (256 * 64 + 64);
    /** The last norm counts to it. */
    private static final long LAST = BLOCK + 2 * 64;

    private static final long HEAD = 512 * 64;
    private static final long ALL = EMBEDDING + BLOCK + LAST + HEAD;
    private static final LoraConfig ADAPTER = new LoraConfig(4, 4, 0, List.of("query_key_value"), false);
    private static final long IN_BLOCK = 4 * (64 + 192);
    // 10⁶ operations and bytes a second; two threads, two ranks a machine
    private static final Cluster SLOW = new Cluster(2, 2, 1e9, 1e6, 2e6, 1e6, 0.5);

    private final PlanInput full = run(Optional.empty(), 6, 6);
    private final PlanInput adapter = run(Optional.of(ADAPTER), 6, 2);

    private static PlanInput run(Optional<LoraConfig> lora, long examples, long atOnce) {
        var batches = List.of(new Batch("sft", examples, 1, 10, atOnce));
        var config = BenchShape.named("tiny").spec();
        return new PlanInput(config, lora, Float.BYTES, false, HeadTiles.onCpu(), batches, batches, 0, 0);
    }

    @Test
    void unitsAreEmbeddingBlocksAndHead() {
        assertThat(ParameterUnit.of(full.spec(), Optional.empty(), 4))
                .extracting(ParameterUnit::trained)
                .containsExactly(EMBEDDING, BLOCK, LAST, HEAD);
        assertThat(ParameterUnit.of(full.spec(), Optional.of(ADAPTER), 4))
                .containsExactly(
                        new ParameterUnit(0, EMBEDDING, 4 * EMBEDDING),
                        new ParameterUnit(IN_BLOCK, BLOCK, 4 * BLOCK),
                        new ParameterUnit(IN_BLOCK, LAST, 4 * LAST),
                        new ParameterUnit(0, HEAD, 4 * HEAD));
    }

    /** Two objectives' gradients one by one: a buffer of what a rank owns for each, and a sum over ranks for each. */
    @Test
    void gradientsThatAreCombinedAreKeptAndSummedOneByOne() {
        var batches = List.of(new Batch("sft", 6, 1, 10, 3), new Batch("preference", 6, 2, 10, 6));
        var combined = new ScalingModel(run(batches, 2), SLOW);
        var summed = new ScalingModel(run(batches, 0), SLOW);
        for (var stage : ZeroStage.values()) {
            var owned = stage == ZeroStage.NOTHING ? 165636L : 165636L / 3;
            assertThat(combined.memory(stage, 3).gradients())
                    .isEqualTo(summed.memory(stage, 3).gradients() + 2 * 4 * owned);
            // from stage 2 on every pass is summed anyway
            var times = stage.splits(ZeroStage.GRADIENTS) ? 1 : 2;
            assertThat(combined.step(stage, 3).gradientBytes())
                    .isEqualTo(times * summed.step(stage, 3).gradientBytes());
        }
    }

    private static PlanInput run(List<Batch> batches, int gradientBuffers) {
        var config = BenchShape.named("tiny").spec();
        return new PlanInput(
                config, Optional.empty(), Float.BYTES, false, HeadTiles.onCpu(), batches, batches, 0, gradientBuffers);
    }

    @Test
    void memoryOfEveryStage() {
        var model = new ScalingModel(full, SLOW);
        // 2 of 6 sequences of 10 tokens on each of 3 ranks; 4352 bytes a token and block, and once more
        var activations = 20 * 3 * 4352L;
        var head = 2 * 2 * 1024 * 512 * 4L;
        // three buckets: embedding, blocks, head, each a multiple of three
        var end = 32769L;
        var blocks = 100098L;
        var whole = end + blocks + end;
        assertThat(model.memory(ZeroStage.NOTHING, 3))
                .isEqualTo(new RankMemory(0, 4 * whole, 2 * 4 * whole, 8 * whole, activations, head));
        assertThat(model.memory(ZeroStage.MOMENTS, 3))
                .isEqualTo(new RankMemory(0, 4 * whole, 2 * 4 * whole, 8 * whole / 3, activations, head));
        // embedding and head rotate through one buffer
        assertThat(model.memory(ZeroStage.GRADIENTS, 3))
                .isEqualTo(new RankMemory(
                        0, 4 * whole, 4 * whole / 3 + 2 * 4 * (end + blocks), 8 * whole / 3, activations, head));
        // each of two blocks has a bucket and a buffer: 49986 and 50112
        assertThat(model.memory(ZeroStage.PARAMETERS, 3))
                .isEqualTo(new RankMemory(
                        0,
                        4 * (whole / 3 + end + blocks),
                        4 * whole / 3 + 2 * 4 * (end + blocks),
                        8 * whole / 3,
                        20 * (4352L + 2 * 64 * 4),
                        head));
    }

    @Test
    void anAdaptersBaseIsSplitWithTheParameters() {
        var model = new ScalingModel(adapter, SLOW);
        assertThat(model.memory(ZeroStage.GRADIENTS, 2).frozen()).isEqualTo(4 * ALL);
        assertThat(model.memory(ZeroStage.GRADIENTS, 2).parameters()).isEqualTo(4 * 2 * IN_BLOCK);
        assertThat(model.memory(ZeroStage.PARAMETERS, 2).frozen()).isEqualTo(4 * (ALL / 2 + EMBEDDING + BLOCK + LAST));
        // three passes of two sequences; two blocks stay where they are, the adapter until it is updated; embedding and
        // head
        // push each other out
        var step = model.step(ZeroStage.PARAMETERS, 2);
        assertThat(step.parameterBytes()).isEqualTo(3 * 4 * (EMBEDDING + HEAD) / 2.0 + 4 * 2 * IN_BLOCK / 2.0);
        assertThat(step.gradientBytes()).isEqualTo(3 * 4 * 2 * IN_BLOCK / 2.0);
        var whole = model.step(ZeroStage.GRADIENTS, 2);
        assertThat(whole.parameterBytes()).isEqualTo(4 * 2 * IN_BLOCK / 2.0);
        assertThat(whole.gradientBytes()).isEqualTo(3 * 4 * 2 * IN_BLOCK / 2.0);
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
        var alone = model.step(ZeroStage.NOTHING, 1).time();
        var parts = new StepFlops(full.spec(), Optional.empty()).parts(StepFlops.Counts.of(6, 10));
        assertThat(alone.computing()).isCloseTo((parts.total() + parts.headForward()) / 1e6, within(1e-9));
        assertThat(alone.communicating()).isZero();
        // the head is summed while the blocks are computed; these and the embedding when all is: two messages each
        var two = model.step(ZeroStage.NOTHING, 2).time();
        assertThat(two.computing()).isCloseTo(alone.computing() / 2, within(1e-9));
        assertThat(two.exposed()).isCloseTo(2 * 4 * (ALL - HEAD) / 2 / 2e6 + 2 * 2 * 0.5, within(1e-9));
        // half of it before the optimizer's step; all three buckets after
        assertThat(model.step(ZeroStage.MOMENTS, 2).time().exposed())
                .isCloseTo(two.exposed() / 2 + 4 * ALL / 2 / 2e6 + 3 * 0.5, within(1e-9));
        // three ranks are on two machines: the slower link, and a ring of three
        assertThat(model.step(ZeroStage.NOTHING, 3).time().communicating())
                .isCloseTo(2 * 4 * 165636 * 2 / 3.0 / 1e6 + 3 * 4 * 0.5, within(1e-9));
        // stage 3 computes the blocks' forward pass again
        assertThat(model.step(ZeroStage.PARAMETERS, 2).time().computing())
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
