package dev.tandem.train.folder;

import dev.tandem.UserException;
import dev.tandem.io.AtomicFiles;
import dev.tandem.io.InputFiles;
import dev.tandem.io.LocalHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The content of a run's {@code state.json}: its phase and which process trains it, so that others can distinguish a run
 * that is in progress from one whose process was killed.
 *
 * @param phase of the run, as its process last wrote it
 * @param pid the process that trains
 * @param processStarted when that process began, since process numbers are reused; absent where the system does not provide
 *     it
 * @param host the machine it runs on
 * @param started when the run began, or was last resumed
 * @param steps steps the run is to do
 * @param error why it failed; absent otherwise
 */
public record RunState(
        Phase phase,
        long pid,
        Optional<Instant> processStarted,
        String host,
        Instant started,
        int steps,
        Optional<String> error) {
    private static final int VERSION = 1;
    private static final int MAX_BYTES = 1 << 20;

    /** The phase of a run. */
    public enum Phase {
        /** It trains, or its process was killed while it did. */
        RUNNING,
        /** All steps were done. */
        COMPLETED,
        /** The early-stop rule of the recipe held. */
        EARLY_STOP,
        /** A stop was requested. */
        INTERRUPTED,
        /** An error ended it. */
        FAILED;

        /** Its name in files. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A run of this process that begins now. */
    static RunState begin(int steps) {
        var self = ProcessHandle.current();
        return new RunState(
                Phase.RUNNING,
                self.pid(),
                self.info().startInstant(),
                LocalHost.name(),
                Instant.now(),
                steps,
                Optional.empty());
    }

    /** This run in another phase. */
    RunState as(Phase next, Optional<String> reason) {
        return new RunState(next, pid, processStarted, host, started, steps, reason);
    }

    /** Reads a state; absent if there is no such file or it holds something else. */
    public static Optional<RunState> read(Path file) {
        try {
            return Files.exists(file)
                    ? Optional.of(of(JsonMapper.shared().readTree(InputFiles.text(file, MAX_BYTES))))
                    : Optional.empty();
        } catch (UserException | JacksonException | IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static RunState of(JsonNode json) {
        return new RunState(
                Phase.valueOf(json.path("state").asString("").toUpperCase(Locale.ROOT)),
                json.path("pid").asLong(-1),
                text(json, "process_started").map(Instant::parse),
                text(json, "host").orElse("unknown"),
                Instant.parse(json.path("started").asString("")),
                json.path("steps").asInt(0),
                text(json, "error"));
    }

    private static Optional<String> text(JsonNode json, String key) {
        return Optional.ofNullable(json.get(key)).filter(JsonNode::isString).map(JsonNode::stringValue);
    }

    /** Writes the file whole. */
    void write(Path file) {
        var json = new LinkedHashMap<String, Object>();
        json.put("version", VERSION);
        json.put("state", phase.text());
        json.put("pid", pid);
        processStarted.ifPresent(instant -> json.put("process_started", instant.toString()));
        json.put("host", host);
        json.put("started", started.toString());
        json.put("steps", steps);
        error.ifPresent(message -> json.put("error", message));
        AtomicFiles.write(file, JsonMapper.shared().writeValueAsString(json) + "\n");
    }
}
