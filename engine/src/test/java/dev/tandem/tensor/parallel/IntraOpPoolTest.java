package dev.tandem.tensor.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.bytedeco.pytorch.Device;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class IntraOpPoolTest {
    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @Test
    void sharesAreDoneAtTheSameTimeAndLeaveTheirResults() {
        try (var team = new IntraOpPool(3)) {
            for (var round = 0; round < 200; round++) {
                var allThere = new CountDownLatch(3);
                var result = Tensors.zeros(new Device("cpu"), 3);
                team.run(share -> {
                    allThere.countDown();
                    await(allThere);
                    result.narrow(0, share, 1).copy_(Tensors.of(new float[] {share + 1}, new Device("cpu"), 1));
                });
                assertThat(Tensors.toFloats(result)).containsExactly(1, 2, 3);
            }
        }
    }

    @Test
    void helpersThatFellAsleepWakeUp() throws InterruptedException {
        try (var team = new IntraOpPool(2)) {
            for (var round = 0; round < 5; round++) {
                Thread.sleep(20);
                var threads = Collections.<String>newSetFromMap(new ConcurrentHashMap<>());
                var bothThere = new CountDownLatch(2);
                team.run(share -> {
                    threads.add(Thread.currentThread().getName());
                    bothThere.countDown();
                    await(bothThere);
                });
                assertThat(threads).hasSize(2).contains("team-1");
            }
        }
    }

    /** A helper may be late; another thread then does its share. */
    @Test
    void everyShareIsDoneOnce() {
        try (var team = new IntraOpPool(4)) {
            for (var round = 0; round < 5_000; round++) {
                var done = new java.util.concurrent.atomic.AtomicIntegerArray(4);
                team.run(done::incrementAndGet);
                for (var share = 0; share < 4; share++) {
                    assertThat(done.get(share)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void workWithinAShareIsDoneByItsThreadAlone() {
        try (var team = new IntraOpPool(2)) {
            var done = Collections.synchronizedList(new ArrayList<List<Integer>>());
            team.run(share -> {
                var own = new ArrayList<Integer>();
                team.run(own::add);
                done.add(own);
            });
            assertThat(done).containsExactly(List.of(0, 1), List.of(0, 1));
        }
    }

    @Test
    void aFailureIsThrownAfterAllSharesHaveEndedAndIsForgotten() {
        try (var team = new IntraOpPool(3)) {
            for (var failing : List.of(0, 1, 2)) {
                var done = ConcurrentHashMap.<Integer>newKeySet();
                assertThatThrownBy(() -> team.run(share -> {
                            if (share == failing) {
                                throw new IllegalArgumentException("share " + share);
                            }
                            Thread.yield();
                            done.add(share);
                        }))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("share " + failing);
                assertThat(done).hasSize(2).doesNotContain(failing);
                var again = ConcurrentHashMap.<Integer>newKeySet();
                team.run(again::add);
                assertThat(again).isEqualTo(Set.of(0, 1, 2));
            }
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
