package dev.tandem.cli.process;

import dev.tandem.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The ranks of this machine as processes. Rank 0 prints to the console, the others to files. When a rank fails, all
 * others are ended, so that none is left waiting for it.
 */
public final class RankProcesses implements AutoCloseable {
    /** Exit code of a rank that lost another. */
    public static final int RANK_LOST = 4;

    private static final long WATCH_MILLIS = 50;

    /** Time to write a checkpoint after a request to stop. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Time for a rank to notice that another is lost and to report it in its log. */
    private static final Duration NOTICE = Duration.ofSeconds(5);

    /** Time until a killed process and its locks are gone. */
    private static final Duration GONE = Duration.ofSeconds(10);

    private final LaunchPlan plan;
    private final List<Process> processes = new ArrayList<>();

    private RankProcesses(LaunchPlan plan) {
        this.plan = plan;
    }

    /**
     * How the ranks ended.
     *
     * @param code exit code of the rank that failed first; 0 if none failed
     * @param rank that rank; absent if none failed
     */
    public record End(int code, Optional<Integer> rank) {}

    /** Starts all ranks of this machine. @throws UserException if a log cannot be written or a process not started */
    public static RankProcesses start(LaunchPlan plan) {
        var result = new RankProcesses(plan);
        try {
            Files.createDirectories(plan.logs());
            for (var local = 0; local < plan.ranksHere(); local++) {
                result.processes.add(result.start(local));
            }
            return result;
        } catch (IOException e) {
            result.close();
            throw new UserException("Cannot start the ranks: " + e.getMessage(), e);
        }
    }

    private Process start(int localRank) throws IOException {
        var builder = new ProcessBuilder(plan.command());
        var environment = plan.environment(localRank);
        builder.environment().putAll(environment.variables());
        builder.environment()
                .put(LaunchPlan.LAUNCHED, String.valueOf(ProcessHandle.current().pid()));
        builder.environment().put(LaunchPlan.LOCAL_WORLD_SIZE, String.valueOf(plan.ranksHere()));
        // libtorch's backtraces would hide what a rank reports of a lost one
        builder.environment().putIfAbsent("TORCH_CPP_LOG_LEVEL", "ERROR");
        if (environment.rank() == 0) {
            builder.inheritIO();
        } else {
            var log = plan.log(localRank).toFile();
            builder.redirectErrorStream(true)
                    .redirectOutput(
                            plan.again() ? ProcessBuilder.Redirect.appendTo(log) : ProcessBuilder.Redirect.to(log));
            builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        }
        return builder.start();
    }

    /**
     * Waits for all ranks.
     *
     * @param stopRequested when true, the ranks are asked to stop once
     */
    public End await(BooleanSupplier stopRequested) {
        var asked = false;
        while (processes.stream().anyMatch(Process::isAlive)) {
            if (stopRequested.getAsBoolean() && !asked) {
                asked = true;
                processes.forEach(Process::destroy);
            }
            var failed = firstFailed();
            if (failed.isPresent() && !asked) {
                return ended(failed.get());
            }
            sleep();
        }
        return firstFailed().map(this::end).orElseGet(() -> new End(0, Optional.empty()));
    }

    private Optional<Integer> firstFailed() {
        for (var local = 0; local < processes.size(); local++) {
            var process = processes.get(local);
            if (!process.isAlive() && process.exitValue() != 0) {
                return Optional.of(local);
            }
        }
        return Optional.empty();
    }

    private End end(int localRank) {
        return new End(
                processes.get(localRank).exitValue(),
                Optional.of(plan.environment(localRank).rank()));
    }

    /**
     * Gives the other ranks time to notice what happened, then ends them. A rank that lost another has waited for it;
     * one that is still running hangs and would not react to a request to stop.
     */
    private End ended(int failed) {
        var end = end(failed);
        endWithin(NOTICE);
        if (end.code() != RANK_LOST) {
            processes.forEach(Process::destroy);
            endWithin(PATIENCE);
        }
        close();
        endWithin(GONE);
        return end;
    }

    private void endWithin(Duration most) {
        var until = System.nanoTime() + most.toNanos();
        for (var process : processes) {
            try {
                process.waitFor(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(WATCH_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills the ranks that are still alive. */
    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}
