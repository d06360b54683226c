package dev.tandem.train.folder;

import dev.tandem.train.event.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Maintains {@code state.json} during a run. Its modification time is the run's heartbeat. It is renewed every two seconds,
 * so that another machine also sees soon whether the run is still alive.
 */
public final class RunStateFile implements AutoCloseable {
    private static final long HEARTBEAT_SECONDS = 2;

    private final Path file;
    private final RunState running;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread heartbeat = new Thread(this::beat, "run-heartbeat");

    private RunStateFile(Path file, RunState running) {
        this.file = file;
        this.running = running;
    }

    /**
     * Does a run and records its state: at its beginning, while it lasts and at its end, including an error.
     *
     * @param steps steps it is to do
     */
    public static TrainingResult during(Path file, int steps, Supplier<TrainingResult> run) {
        try (var state = start(file, steps)) {
            try {
                var result = run.get();
                state.end(phase(result.reason()), Optional.empty());
                return result;
            } catch (RuntimeException | Error e) {
                state.failed(e);
                throw e;
            }
        }
    }

    private static RunStateFile start(Path file, int steps) {
        var state = new RunStateFile(file, RunState.begin(steps));
        state.running.write(file);
        state.heartbeat.setDaemon(true);
        state.heartbeat.start();
        return state;
    }

    private static RunState.Phase phase(TrainingResult.Reason reason) {
        return RunState.Phase.valueOf(reason.name());
    }

    private void failed(Throwable cause) {
        try {
            end(
                    RunState.Phase.FAILED,
                    Optional.of(Optional.ofNullable(cause.getMessage()).orElse(cause.toString())));
        } catch (RuntimeException e) {
            cause.addSuppressed(e); // the user must see what ended the run
        }
    }

    private void end(RunState.Phase phase, Optional<String> error) {
        close();
        running.as(phase, error).write(file);
    }

    private void beat() {
        try {
            while (!closed.await(HEARTBEAT_SECONDS, TimeUnit.SECONDS)) {
                renew();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void renew() {
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        } catch (IOException e) {
            // a disk that does not respond now may respond at the next beat; the run does not depend on it
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
