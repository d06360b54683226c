package dev.tandem.train.run;

import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.track.MetricsFile;
import dev.tandem.train.track.OnWriteFailure;
import dev.tandem.train.track.WriteFailures;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code log.jsonl}: the run's messages to its user. The first ones arrive before anything may be written. They are kept
 * until the file opens.
 */
public final class RunLog implements TrainingListener, AutoCloseable {
    private final Clock clock;
    private final WriteFailures failures;
    private final List<Map<String, Object>> waiting = new ArrayList<>();
    private Optional<MetricsFile> file = Optional.empty();

    /** @param choice what the run does when a message cannot be written; the user sees it in any case */
    public RunLog(Clock clock, OnWriteFailure choice) {
        this.clock = clock;
        this.failures = new WriteFailures(choice, warning -> {});
    }

    /**
     * Writes the messages received so far, and later ones immediately.
     *
     * @param append keep what an earlier part of the run wrote, but for a line that was cut off
     */
    public void open(Path path, boolean append) {
        var opened = append ? MetricsFile.resume(path, Integer.MAX_VALUE, true) : MetricsFile.create(path);
        file = Optional.of(opened);
        waiting.forEach(line -> failures.attempt(() -> opened.write(line)));
        waiting.clear();
    }

    @Override
    public void onMessage(String message) {
        var line = new LinkedHashMap<String, Object>();
        line.put("time", clock.instant().toString());
        line.put("message", message);
        file.ifPresentOrElse(f -> failures.attempt(() -> f.write(line)), () -> waiting.add(line));
    }

    @Override
    public void close() {
        file.ifPresent(MetricsFile::close);
    }
}
