package dev.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.io.AtomicFiles;
import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes are killed by SIGKILL at random moments, also in the middle of writing a checkpoint, and resumed until
 * they are done. Weights and metrics equal those of undisturbed runs, for all methods, adapters and whole models. One run
 * is trained by the command line, by itself; the others share a process, so that a kill hits each of them somewhere else.
 */
@DisabledOnOs(OS.WINDOWS)
class KilledRunsTest {
    private static final String LORA = "lora: {rank: 4, dropout: 0.2}";
    private static final String ALL_PARAMETERS = "";
    private static final String COUNTED = "batch-size: 3";
    private static final String SPLIT = "batch-size: 4, micro-batch-size: 1";
    private static final String PACKED = "batch-tokens: 120, length-grouping-window: 8";
    /** More than the kills can use up, even on a fast machine. */
    private static final int STEPS = 60;

    private static final int KILLS_EACH = 6;

    private static final List<Case> CASES = List.of(
            new Case("{name: maxright, lambda: 0.5, probe-every: 4}", LORA, SPLIT, COUNTED),
            new Case("{name: alright, lambda: 0.5}", ALL_PARAMETERS, PACKED, PACKED),
            new Case("{name: alright, lambda: 0.4, draws: balanced}", LORA, PACKED, SPLIT),
            new Case("{name: mix, lambda: 0.3}", ALL_PARAMETERS, SPLIT, COUNTED),
            new Case("{name: sequential, order: [preference, sft]}", LORA, COUNTED, PACKED),
            new Case("{name: single, objective: preference}", ALL_PARAMETERS, COUNTED, SPLIT));

    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path folder;

    /** Kills of runs in all, and those that found a checkpoint half written. */
    private final AtomicInteger kills = new AtomicInteger();

    private final AtomicInteger whileWriting = new AtomicInteger();

    private record Case(String method, String trained, String sft, String preference) {
        TrainProcess in(ChildProcesses processes, Path folder) throws IOException {
            var result = new TrainProcess(processes, folder);
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
        var killed = new ArrayList<TrainProcess>();
        for (var i = 0; i < CASES.size(); i++) {
            killed.add(CASES.get(i).in(processes, folder.resolve("killed-" + i)));
        }
        var others = killed.subList(1, killed.size());
        var pool = Executors.newFixedThreadPool(2);
        try {
            var done = pool.invokeAll(List.<Callable<Boolean>>of(
                    () -> killAll(killed.subList(0, 1), () -> begin(killed.get(0))),
                    () -> killAll(others, () -> RunsTogether.start(processes, folder.resolve("out.txt"), others)),
                    () -> trainStraight()));
            for (var each : done) {
                assertThat(each.get()).isTrue();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(killed.get(0).resume().code()).isZero();
        RunsTogether.train(others);
        for (var i = 0; i < CASES.size(); i++) {
            var straight = straight(i);
            assertThat(killed.get(i).metrics()).as("%s", CASES.get(i)).isEqualTo(straight.metrics());
            assertThat(killed.get(i).weights()).as("%s", CASES.get(i)).isEqualTo(straight.weights());
            assertThat(killed.get(i).checkpoints()).containsExactly("step-" + (STEPS - 2), "step-" + STEPS);
        }
        assertThat(kills.get()).isGreaterThanOrEqualTo(30);
        assertThat(whileWriting.get()).isGreaterThanOrEqualTo(CASES.size());
    }

    private TrainProcess straight(int number) {
        return new TrainProcess(processes, folder.resolve("straight-" + number));
    }

    private boolean trainStraight() throws IOException {
        for (var i = 0; i < CASES.size(); i++) {
            CASES.get(i).in(processes, straight(i).folder()).train();
        }
        return true;
    }

    /**
     * Kills runs and resumes them.
     *
     * @param begin starts or resumes all of them in one process
     */
    private boolean killAll(List<TrainProcess> runs, Callable<Process> begin) throws Exception {
        var random = new SplittableRandom(1_000 + runs.size());
        for (var i = 0; i < KILLS_EACH; i++) {
            kill(runs, runs.get(i % runs.size()), begin.call(), i % 3 != 0, random);
        }
        return true;
    }

    /** A run that was killed before its first checkpoint begins again, as a user expects. */
    private static Process begin(TrainProcess run) throws IOException {
        if (run.hasCheckpoint()) {
            return run.start("--resume");
        }
        AtomicFiles.deleteTree(run.run());
        return run.start();
    }

    /**
     * Lets a run do some steps more, then kills its process: while that run writes a checkpoint, or at any moment.
     *
     * @param runs all that the process trains
     */
    private void kill(
            List<TrainProcess> runs, TrainProcess watched, Process process, boolean writing, SplittableRandom random)
            throws Exception {
        var from = watched.steps();
        var goal = Math.min(STEPS - 3, from + random.nextInt(1, 5));
        for (var steps = from; process.isAlive() && (steps == from || steps < goal); steps = watched.steps()) {
            awaitMore(watched.metricsFile(), process);
        }
        if (writing) {
            while (process.isAlive() && !watched.isWriting()) {
                LockSupport.parkNanos(100_000);
            }
            // how much is written by the time of the signal is unknown
            Thread.sleep(0, random.nextInt(1_000_000));
        } else {
            Thread.sleep(random.nextInt(20), random.nextInt(1_000_000));
        }
        if (process.isAlive()) {
            process.destroyForcibly().waitFor();
            for (var run : runs) {
                kills.addAndGet(run.steps() < STEPS ? 1 : 0);
                whileWriting.addAndGet(run.isWriting() ? 1 : 0);
            }
        }
    }

    /** Waits until a file grows. To look at its size costs less than to read it while a process starts. */
    private static void awaitMore(Path file, Process process) throws Exception {
        for (var size = file.toFile().length();
                process.isAlive() && file.toFile().length() == size; ) {
            Thread.sleep(1);
        }
    }
}
