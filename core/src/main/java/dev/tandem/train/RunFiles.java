package dev.tandem.train;

import dev.tandem.AtomicFiles;
import dev.tandem.recipe.Recipe;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** Writes down what happens in a run: {@code metrics.jsonl}, TensorBoard events, {@code summary.json}. */
final class RunFiles implements RunRecord {
    private final RunDirectory directory;
    private final MetricsFile metrics;
    private final TensorBoardFile tensorBoard;
    private final WriteFailures failures;

    /**
     * Opens a run's files.
     *
     * @param dataReport what became of the data, by objective
     * @param resumed checkpoint the run goes on from; what the files say beyond it is dropped
     * @param failures what becomes of lines that cannot be written
     */
    RunFiles(
            RunDirectory directory,
            Map<String, Object> dataReport,
            Optional<TrainingState> resumed,
            WriteFailures failures) {
        this.directory = directory;
        this.failures = failures;
        this.metrics = resumed.map(state -> MetricsFile.resume(directory.metrics(), state.step(), state.evaluated()))
                .orElseGet(() -> MetricsFile.create(directory.metrics()));
        this.tensorBoard = TensorBoardFile.create(
                directory.tensorBoard(), resumed.map(TrainingState::step).orElse(0), Clock.systemUTC());
        if (resumed.isEmpty()) {
            var data = new LinkedHashMap<String, Object>();
            data.put("type", "data");
            data.putAll(dataReport);
            failures.attempt(() -> metrics.write(data));
        }
    }

    @Override
    public void onStep(StepEvent event) {
        var line = new LinkedHashMap<String, Object>();
        line.put("type", "step");
        line.put("step", event.step());
        line.put("objective", String.join("+", event.losses().keySet()));
        line.put("losses", event.losses());
        line.put("grad_norm", event.gradNorm());
        line.put("learning_rate", event.learningRate());
        line.put("tokens", event.tokens());
        line.put("trained_tokens", event.trainedTokens());
        line.put("seconds", event.seconds());
        if (event.skipped()) {
            line.put("skipped", true);
        }
        ProcessMemory.resident().ifPresent(bytes -> line.put("memory_bytes", bytes));
        line.put("statistics", sorted(event.statistics()));
        line.put("notes", sorted(event.notes()));
        failures.attempt(() -> metrics.write(line));
        event.losses().forEach((name, loss) -> scalar("train/" + name + "/loss", event.step(), loss));
        sorted(event.statistics()).forEach((name, value) -> scalar("train/" + name, event.step(), value));
        sorted(event.notes()).forEach((name, value) -> scalar("method/" + name, event.step(), value));
        scalar("train/grad_norm", event.step(), event.gradNorm());
        scalar("train/learning_rate", event.step(), event.learningRate());
        scalar("train/tokens_per_second", event.step(), event.tokens() / Math.max(event.seconds(), 1e-9));
    }

    @Override
    public void onEvaluation(EvaluationEvent event) {
        var line = new LinkedHashMap<String, Object>();
        line.put("type", "evaluation");
        line.put("step", event.step());
        line.put("losses", event.losses());
        line.put("gaps", event.gaps());
        line.put("ideal_distance", event.idealDistance());
        line.put("statistics", sorted(event.statistics()));
        line.put("seconds", event.seconds());
        failures.attempt(() -> metrics.write(line));
        event.losses().forEach((name, loss) -> scalar("eval/" + name + "/loss", event.step(), loss));
        event.gaps().forEach((name, gap) -> scalar("eval/" + name + "/gap", event.step(), gap));
        sorted(event.statistics()).forEach((name, value) -> scalar("eval/" + name, event.step(), value));
        scalar("eval/ideal_distance", event.step(), event.idealDistance());
    }

    @Override
    public void force() {
        metrics.force();
    }

    @Override
    public void summary(Recipe recipe, TrainingResult result, Optional<RankTraffic.Sum> traffic) {
        var summary = new LinkedHashMap<String, Object>();
        summary.put("reason", result.reason().name().toLowerCase(Locale.ROOT));
        summary.put("why", result.why());
        summary.put("steps", result.steps());
        summary.put("skipped_steps", result.skipped());
        summary.put("tokens", result.tokens());
        summary.put("seconds", result.seconds());
        summary.put("tokens_per_second", result.tokens() / Math.max(result.seconds(), 1e-9));
        if (failures.count() > 0) {
            summary.put("failed_writes", failures.count());
        }
        summary.put("model", recipe.model().toString());
        traffic.ifPresent(t -> summary.put("exchanged", exchanged(recipe, t)));
        result.first().ifPresent(e -> summary.put("first_evaluation", evaluation(e)));
        result.last().ifPresent(e -> summary.put("last_evaluation", evaluation(e)));
        AtomicFiles.write(
                directory.summary(),
                JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(summary) + "\n");
    }

    private static Map<String, Object> exchanged(Recipe recipe, RankTraffic.Sum traffic) {
        var result = new LinkedHashMap<String, Object>();
        result.put("zero_stage", recipe.train().zeroStage());
        result.put("gradient_bytes", traffic.summedBytes());
        result.put("parameter_bytes", traffic.gatheredBytes());
        result.put("seconds", traffic.seconds());
        result.put("waited_seconds", traffic.waitedSeconds());
        ProcessMemory.peak().ifPresent(bytes -> result.put("peak_memory_bytes", bytes));
        return result;
    }

    private static Map<String, Object> evaluation(EvaluationEvent event) {
        var result = new LinkedHashMap<String, Object>();
        result.put("step", event.step());
        result.put("losses", event.losses());
        result.put("gaps", event.gaps());
        result.put("ideal_distance", event.idealDistance());
        result.put("statistics", sorted(event.statistics()));
        return result;
    }

    /** In an order that is the same in every process, so that a run that goes on writes what it would have written. */
    private static Map<String, Double> sorted(Map<String, Double> values) {
        return new TreeMap<>(values);
    }

    private void scalar(String tag, int step, double value) {
        failures.attempt(() -> tensorBoard.scalar(tag, step, value));
    }

    @Override
    public void close() {
        metrics.close();
        tensorBoard.close();
    }
}
