package dev.tandem.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParallelTasksTest {

    @Test
    void resultsComeInOrder() {
        var work = new ArrayList<Supplier<Integer>>();
        for (var i = 0; i < 40; i++) {
            var number = i;
            work.add(() -> {
                for (var j = 0; j < (40 - number) * 10; j++) {
                    Thread.yield();
                }
                return number;
            });
        }
        assertThat(ParallelTasks.all("test", work))
                .containsExactlyElementsOf(IntStream.range(0, 40).boxed().toList());
        assertThat(ParallelTasks.all("test", List.<Supplier<Integer>>of())).isEmpty();
    }

    @Test
    void theFirstFailureInOrderIsThrownAndNothingGoesOn() {
        var random = new SplittableRandom(9);
        for (var round = 0; round < 50; round++) {
            var failing = List.of(random.nextInt(20), random.nextInt(20), random.nextInt(20));
            var running = new AtomicInteger();
            var work = new ArrayList<Supplier<Integer>>();
            for (var i = 0; i < 20; i++) {
                var number = i;
                work.add(() -> counted(running, () -> {
                    if (failing.contains(number)) {
                        throw new IllegalStateException("failed " + number);
                    }
                    return number;
                }));
            }
            assertThatThrownBy(() -> ParallelTasks.all("test", work))
                    .hasMessage(
                            "failed " + failing.stream().mapToInt(n -> n).min().orElseThrow());
            assertThat(running).hasValue(0);
        }
    }

    @Test
    void whatFollowsAFailureIsInterrupted() {
        var begun = new CountDownLatch(1);
        Supplier<Integer> endless = () -> {
            begun.countDown();
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            return 1;
        };
        Supplier<Integer> failing = () -> {
            try {
                begun.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            throw new IllegalStateException("failed");
        };
        assertThatThrownBy(() -> ParallelTasks.all("test", List.of(failing, endless)))
                .hasMessage("failed");
    }

    @Test
    void oneThingGoesOnBesideTheCaller() {
        var caller = Thread.currentThread();
        var task = ParallelTasks.start("test", () -> Thread.currentThread() == caller);
        assertThat(task.get()).isFalse();
        ParallelTasks.BackgroundTask<Integer> failing = ParallelTasks.start("test", () -> {
            throw new IllegalStateException("failed");
        });
        assertThatThrownBy(failing::get).hasMessage("failed");
    }

    private static int counted(AtomicInteger running, Supplier<Integer> work) {
        running.incrementAndGet();
        try {
            return work.get();
        } finally {
            running.decrementAndGet();
        }
    }
}
