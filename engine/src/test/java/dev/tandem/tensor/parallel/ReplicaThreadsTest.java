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
    void threadsComputeTogetherAndAnswerInOrder() {
        try (var threads = new ReplicaThreads(3, 3)) {
            var allThere = new CountDownLatch(3);
            var results = threads.map(List.of("a", "b", "c"), (thread, share) -> {
                allThere.countDown();
                await(allThere);
                return thread + share;
            });
            assertThat(results).containsExactly("0a", "1b", "2c");
        }
    }

    @Test
    void aFailureIsThrownAfterAllThreadsHaveEnded() {
        try (var threads = new ReplicaThreads(2, 2)) {
            var done = new boolean[1];
            assertThatThrownBy(() -> threads.map(List.of(0, 1), (thread, share) -> {
                        if (thread == 0) {
                            throw new IllegalArgumentException("thread 0");
                        }
                        Thread.onSpinWait();
                        done[0] = true;
                        return thread;
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("thread 0");
            assertThat(done[0]).isTrue();
        }
    }

    @Test
    void numbersTooSmallForANormalFloatAreZeroOnTheThreads() {
        var tiny = new float[64];
        java.util.Arrays.fill(tiny, 1e-30f);
        try (var threads = new ReplicaThreads(2, 2)) {
            threads.map(IntStream.range(0, 2).boxed().toList(), (thread, share) -> {
                try (var scope = new PointerScope()) {
                    var product = Tensors.of(tiny, new Device("cpu"), 64).mul(new Scalar(1e-10));
                    assertThat(Tensors.toFloats(product)).containsOnly(0f);
                }
                return thread;
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
