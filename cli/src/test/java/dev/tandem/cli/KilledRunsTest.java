package dev.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes killed by SIGKILL at random moments, in the middle of writing a checkpoint among them, and resumed until
 * they are done: weights and metrics are those of runs nobody disturbed, whatever the method and whatever is trained.
 */
@DisabledOnOs(OS.WINDOWS)
class KilledRunsTest {
    private static final String LORA = "lora: {rank: 4, dropout: 0.2}";
    private static final String ALL_PARAMETERS = "";
    private static final String COUNTED = "batch-size: 3";
    private static final String SPLIT = "batch-size: 4, micro-batch-size: 1";
    private static final String PACKED = "batch-tokens: 120, length-window: 8";
    /** More than the kills can use up, on a machine however fast. */
    private static final int STEPS = 80;

    private static final int KILLS_EACH = 6;

    private static final List<Case> CASES = List.of(
            new Case("{name: maxright, lambda: 0.5, evaluate-every: 4}", LORA, SPLIT, COUNTED),
            new Case("{name: alright, lambda: 0.5}", ALL_PARAMETERS, PACKED, PACKED),
            new Case("{name: alright, lambda: 0.4, draws: balanced}", LORA, PACKED, SPLIT),
            new Case("{name: mix, lambda: 0.3}", ALL_PARAMETERS, SPLIT, COUNTED),
            new Case("{name: sequential, order: [preference, sft]}", LORA, COUNTED, PACKED),
            new Case("{name: optimum, objective: preference}", ALL_PARAMETERS, COUNTED, SPLIT));

    @TempDir
    Path folder;

    /** Kills in all, and those that found a checkpoint half written. */
    private final AtomicInteger kills = new AtomicInteger();

    private final AtomicInteger whileWriting = new AtomicInteger();

    private record Case(String method, String trained, String sft, String preference) {
        TrainProcess in(Path folder) throws IOException {
            var result = new TrainProcess(folder);
            result.write(
                    method,
                    trained,
                    sft,
                    preference,
                    "steps: " + STEPS + ", evaluate-every: 20, checkpoint-every: 2, keep-checkpoints: 2");
            return result;
        }
    }

    @Test
    @Timeout(600)
    void whatIsKilledAndResumedEndsAsIfNothingHadHappened() throws Exception {
        var pool = Executors.newFixedThreadPool(2);
        try {
            var tasks = new ArrayList<Callable<Boolean>>();
            for (var i = 0; i < CASES.size(); i++) {
                var number = i;
                tasks.add(() -> compare(number));
            }
            for (var done : pool.invokeAll(tasks)) {
                assertThat(done.get()).isTrue();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(kills.get()).isGreaterThanOrEqualTo(30);
        assertThat(whileWriting.get()).isGreaterThanOrEqualTo(CASES.size());
    }

    private boolean compare(int number) throws Exception {
        var straight = CASES.get(number).in(folder.resolve("straight-" + number));
        straight.train();
        var killed = CASES.get(number).in(folder.resolve("killed-" + number));
        var random = new SplittableRandom(1_000 + number);
        for (var i = 0; i < KILLS_EACH; i++) {
            kill(killed, i % 2 == 0, random);
        }
        assertThat(begin(killed).waitFor()).as(killed.output()).isZero();
        assertThat(killed.metrics()).as("%s", CASES.get(number)).isEqualTo(straight.metrics());
        assertThat(killed.weights()).as("%s", CASES.get(number)).isEqualTo(straight.weights());
        assertThat(killed.checkpoints()).containsExactly("step-" + (STEPS - 2), "step-" + STEPS);
        return true;
    }

    /** A run that was killed before its first checkpoint begins anew, as a user would have it. */
    private static Process begin(TrainProcess run) throws IOException {
        if (run.checkpoints().stream().anyMatch(name -> name.startsWith("step-"))) {
            return run.start("--resume");
        }
        AtomicFiles.deleteTree(run.run());
        return run.start();
    }

    /** Lets the run do some steps more, then kills it: while it writes a checkpoint, or at any moment. */
    private void kill(TrainProcess run, boolean writing, SplittableRandom random) throws Exception {
        var process = begin(run);
        var from = run.steps();
        var goal = Math.min(STEPS - 3, from + random.nextInt(1, 5));
        while (process.isAlive() && (run.steps() == from || run.steps() < goal)) {
            Thread.sleep(1);
        }
        if (writing) {
            while (process.isAlive() && !isWriting(run)) {
                Thread.onSpinWait();
            }
            // how far the writing has come by the time of the signal is anybody's guess
            Thread.sleep(0, random.nextInt(1_000_000));
        } else {
            Thread.sleep(random.nextInt(20), random.nextInt(1_000_000));
        }
        if (process.isAlive()) {
            process.destroyForcibly().waitFor();
            kills.incrementAndGet();
        }
        if (isWriting(run)) {
            whileWriting.incrementAndGet();
        }
    }

    private static boolean isWriting(TrainProcess run) throws IOException {
        return run.checkpoints().stream().anyMatch(name -> name.endsWith(".writing"));
    }
}
