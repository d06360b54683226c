package dev.tandem.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.golden.TestDevice;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import java.time.Duration;
import java.util.OptionalInt;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Work;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NcclCollectiveTest {
    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @Test
    void whatIsMissingOrBrokenIsSaid() {
        assertRefused(
                new UnsatisfiedLinkError("no jnitorch_nccl"),
                "Ranks on GPUs communicate by NCCL, which this build of libtorch does not have or cannot load (java.lang.UnsatisfiedLinkError:"
                        + " no jnitorch_nccl). Use");
        assertRefused(
                new IllegalStateException("unhandled cuda error"),
                "Rank 0 of 1 cannot reach the others' GPUs by NCCL: unhandled cuda error NCCL_DEBUG=INFO");
    }

    private static void assertRefused(Throwable failure, String message) {
        assertThatThrownBy(() -> NcclCollective.of(
                        Collective.single(), name -> failed(failure), Duration.ofSeconds(1), Work::isCompleted))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message);
    }

    @SuppressWarnings("unchecked")
    private static <T, E extends Throwable> T failed(Throwable failure) throws E {
        throw (E) failure;
    }

    @Test
    void ranksWithoutTheDeviceDoNotWaitForOthers() {
        var environment = new RankEnvironment(1, 2, 1, "127.0.0.1", LocalRanks.freePort(), Duration.ofMinutes(5));
        assertThatThrownBy(() -> Collective.join(environment, "cuda:7"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("device 'cuda:7'");
    }

    /** One rank is enough to try every call; more show that GPUs reach one another. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void gpusSumAndShare(int count) {
        TestDevice.requireCuda();
        TestDevice.requireFor(count);
        var results = LocalRanks.run(count, Duration.ofSeconds(60), TestDevice.name(), ranks -> {
            assertThat(ranks).isInstanceOf(NcclCollective.class);
            try (var scope = new PointerScope()) {
                return shared((NcclCollective) ranks);
            }
        });
        assertThat(results).containsOnly("shared");
    }

    private static String shared(NcclCollective ranks) {
        var device = new Device("cuda:" + ranks.localRank().orElseThrow());
        var size = ranks.size();
        var mine = new float[1000 * size];
        for (var i = 0; i < mine.length; i++) {
            mine[i] = ranks.rank() + i;
        }
        var whole = Tensors.of(mine, device, mine.length);
        var shard = Tensors.zeros(device, 1000);
        ranks.reduceScatter(whole, shard);
        var first = 1000f * ranks.rank() * size + size * (size - 1) / 2f;
        assertThat(Tensors.toFloats(shard)[0]).isEqualTo(first);
        ranks.allReduce(whole);
        var gathered = Tensors.zeros(device, mine.length);
        ranks.allGather(shard, gathered);
        assertEqual(gathered, whole);
        assertThat(ranks.allReduce(new double[] {1, ranks.rank()})).containsExactly(size, size * (size - 1) / 2.0);
        ranks.barrier("the end");
        return "shared";
    }

    private static void assertEqual(Tensor actual, Tensor expected) {
        assertThat(Tensors.toFloats(actual)).isEqualTo(Tensors.toFloats(expected));
    }

    /**
     * Gloo in NCCL's place, whose calls end when they are waited for: tests which call maps to which, and the message
     * when one fails.
     */
    @Test
    void tensorsGoByTheGroupAndAllElseByTheOther() {
        LocalRanks.run(2, ranks -> {
            var nccl = (NcclCollective)
                    NcclCollective.of(ranks, name -> LocalRanks.group(ranks), Duration.ofSeconds(30), Work::_wait)
                            .newGroup("another");
            assertThat(nccl.localRank()).isEqualTo(OptionalInt.of(ranks.rank()));
            assertThat(nccl.allReduce(new double[] {2})).containsExactly(4);
            try (var scope = new PointerScope()) {
                var cpu = new Device("cpu");
                var whole = Tensors.of(new float[] {1, 2, 3, 4}, cpu, 4);
                var shard = Tensors.zeros(cpu, 2);
                nccl.reduceScatter(whole, shard);
                assertThat(Tensors.toFloats(shard))
                        .containsExactly(ranks.rank() == 0 ? new float[] {2, 4} : new float[] {6, 8});
                nccl.allGather(shard, whole);
                assertThat(Tensors.toFloats(whole)).containsExactly(2, 4, 6, 8);
                nccl.allReduce(shard);
                assertThat(Tensors.toFloats(shard)).containsExactly(8, 12);
                assertThatThrownBy(() -> nccl.allGather(shard, Tensors.zeros(cpu, 3)))
                        .isInstanceOf(UserException.class)
                        .hasMessageContaining("NCCL failed in an all-gather over all ranks on rank " + ranks.rank()
                                + " of 2," + " although all ranks are alive: ")
                        .hasMessageContaining("NCCL_DEBUG=INFO");
            }
            return "";
        });
    }
}
