package dev.tandem.experiment.compare;

import dev.tandem.UserException;
import dev.tandem.io.InputFiles;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.track.MetricsLine;
import dev.tandem.train.track.MetricsReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The outcome of a run, read from its folder.
 *
 * @param steps optimizer steps
 * @param tokens read in training
 * @param seconds its steps took
 * @param losses at the end, by objective
 * @param lowest the lowest that was evaluated on the way, by objective
 * @param statistics at the end, by {@code objective/name}
 * @param peakMemoryBytes most memory resident; absent if it was not measured
 */
public record RunOutcome(
        int steps,
        long tokens,
        double seconds,
        Map<String, Double> losses,
        Map<String, Double> lowest,
        Map<String, Double> statistics,
        OptionalLong peakMemoryBytes) {
    private static final int MAX_BYTES = 10_000_000;

    public RunOutcome {
        losses = new LinkedHashMap<>(losses);
        lowest = new LinkedHashMap<>(lowest);
        statistics = new LinkedHashMap<>(statistics);
    }

    /**
     * Reads a run's folder.
     *
     * @param memory file of its peak memory
     * @return absent if the run is not finished
     * @throws UserException if its summary is damaged or it was never evaluated
     */
    static Optional<RunOutcome> read(RunDirectory directory, Path memory) {
        if (!isDone(directory)) {
            return Optional.empty();
        }
        var file = directory.summary();
        var summary = json(file);
        var last = summary.path("last_evaluation");
        if (!last.path("losses").isObject()) {
            throw new UserException(file + ": the run was never evaluated. A comparison needs evaluation data: give"
                    + " every objective eval-data, or an eval-fraction above 0.");
        }
        var losses = numbers(last.path("losses"));
        return Optional.of(new RunOutcome(
                summary.path("steps").asInt(0),
                summary.path("tokens").asLong(0),
                summary.path("seconds").asDouble(0),
                losses,
                lowest(directory.metrics(), losses),
                numbers(last.path("statistics")),
                peak(memory)));
    }

    /**
     * Whether a run is finished, which is known from its summary, the last file written.
     *
     * @throws UserException if its summary is damaged
     */
    static boolean isDone(RunDirectory directory) {
        return Files.exists(directory.summary())
                && Files.isDirectory(directory.finalModel())
                && !json(directory.summary())
                        .path("reason")
                        .asString("interrupted")
                        .equals("interrupted");
    }

    /** The lowest loss of every objective over all evaluations: f* if this run was to find it. */
    private static Map<String, Double> lowest(Path metrics, Map<String, Double> last) {
        var result = new LinkedHashMap<>(last);
        var unreadable = MetricsReader.read(metrics, line -> {
            if (line instanceof MetricsLine.Evaluation evaluation) {
                evaluation.losses().forEach((name, loss) -> result.merge(name, loss, Math::min));
            }
        });
        if (unreadable > 0) {
            throw new UserException(metrics + " is damaged: " + unreadable + " of its lines cannot be read. Remove the"
                    + " run's folder to have it run again.");
        }
        return result;
    }

    /** The content of a file of a run's peak memory. */
    static OptionalLong peak(Path file) {
        var bytes = Files.exists(file) ? json(file).path("peak_bytes").asLong(0) : 0;
        return bytes > 0 ? OptionalLong.of(bytes) : OptionalLong.empty();
    }

    private static Map<String, Double> numbers(JsonNode node) {
        var result = new LinkedHashMap<String, Double>();
        node.properties()
                .forEach(e -> result.put(
                        e.getKey(), e.getValue().isNumber() ? e.getValue().asDouble() : Double.NaN));
        return result;
    }

    private static JsonNode json(Path file) {
        try {
            return JsonMapper.shared().readTree(InputFiles.text(file, MAX_BYTES));
        } catch (UserException | JacksonException e) {
            throw new UserException(
                    "Cannot read " + file + ": " + e.getMessage() + ". Remove the run's folder to have it run again.",
                    e);
        }
    }
}
