package dev.tandem.tensor.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReplicaThreadsTest {
    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @Test
    void lanesComputeTogetherAndAnswerInOrder() {
        try (var lanes = new ReplicaThreads(3, 3)) {
            var allThere = new CountDownLatch(3);
            var results = lanes.map(List.of("a", "b", "c"), (lane, share) -> {
                allThere.countDown();
                await(allThere);
                return lane + share;
            });
            assertThat(results).containsExactly("0a", "1b", "2c");
        }
    }

    @Test
    void aFailureIsThrownAfterAllLanesHaveEnded() {
        try (var lanes = new ReplicaThreads(2, 2)) {
            var done = new boolean[1];
            assertThatThrownBy(() -> lanes.map(List.of(0, 1), (lane, share) -> {
                        if (lane == 0) {
                            throw new IllegalArgumentException("lane 0");
                        }
                        Thread.onSpinWait();
                        done[0] = true;
                        return lane;
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("lane 0");
            assertThat(done[0]).isTrue();
        }
    }

    @Test
    void numbersTooSmallForANormalFloatAreZeroOnLanes() {
        var tiny = new float[64];
        java.util.Arrays.fill(tiny, 1e-30f);
        try (var lanes = new ReplicaThreads(2, 2)) {
            lanes.map(IntStream.range(0, 2).boxed().toList(), (lane, share) -> {
                try (var scope = new PointerScope()) {
                    var product = Tensors.of(tiny, new Device("cpu"), 64).mul(new Scalar(1e-10));
                    assertThat(Tensors.toFloats(product)).containsOnly(0f);
                }
                return lane;
            });
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
