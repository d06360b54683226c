package dev.tandem.train.run;

import dev.tandem.io.AtomicFiles;
import dev.tandem.recipe.Recipe;
import dev.tandem.tensor.machine.ProcessMemory;
import dev.tandem.train.event.EvaluationEvent;
import dev.tandem.train.event.ObjectiveWork;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.track.MetricNames;
import dev.tandem.train.zero.CommunicationStats;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** {@code summary.json}: how a run ended. */
final class SummaryFile {
    private SummaryFile() {}

    /**
     * The summary of a run.
     *
     * @param failedWrites how often something could not be written and the run continued
     * @param traffic what ranks have exchanged; absent: there was one process
     */
    static Map<String, Object> content(
            Recipe recipe, TrainingResult result, int failedWrites, Optional<CommunicationStats.Sum> traffic) {
        var summary = new LinkedHashMap<String, Object>();
        summary.put("reason", result.reason().name().toLowerCase(Locale.ROOT));
        summary.put("why", result.why());
        summary.put("steps", result.steps());
        summary.put("skipped_steps", result.skipped());
        summary.put("tokens", result.tokens());
        summary.put("seconds", result.seconds());
        summary.put("tokens_per_second", result.tokens() / Math.max(result.seconds(), 1e-9));
        result.work().ifPresent(work -> summary.put("objectives", objectives(recipe, work)));
        if (failedWrites > 0) {
            summary.put("failed_writes", failedWrites);
        }
        summary.put("model", recipe.model().toString());
        traffic.ifPresent(t -> summary.put("exchanged", exchanged(recipe, t)));
        result.first().ifPresent(e -> summary.put("first_evaluation", evaluation(e)));
        result.last().ifPresent(e -> summary.put("last_evaluation", evaluation(e)));
        return summary;
    }

    static void write(Path file, Map<String, Object> content) {
        AtomicFiles.write(
                file, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(content) + "\n");
    }

    private static Map<String, Object> exchanged(Recipe recipe, CommunicationStats.Sum traffic) {
        var result = new LinkedHashMap<String, Object>();
        result.put("zero_stage", recipe.train().zeroStage().number());
        result.put("gradient_bytes", traffic.summedBytes());
        result.put("parameter_bytes", traffic.gatheredBytes());
        result.put("seconds", traffic.seconds());
        result.put("waited_seconds", traffic.waitedSeconds());
        ProcessMemory.peak().ifPresent(bytes -> result.put("peak_memory_bytes", bytes));
        return result;
    }

    private static Map<String, Object> objectives(Recipe recipe, Map<String, ObjectiveWork> work) {
        var all = new LinkedHashMap<String, Object>();
        for (var name : recipe.objectives().keySet()) {
            var own = work.getOrDefault(name, ObjectiveWork.NONE);
            all.put(name, Map.of("steps", own.steps(), "tokens", own.tokens(), "seconds", own.seconds()));
        }
        return all;
    }

    private static Map<String, Object> evaluation(EvaluationEvent event) {
        var result = new LinkedHashMap<String, Object>();
        result.put(MetricNames.STEP, event.step());
        result.put(MetricNames.LOSSES, event.losses());
        result.put(MetricNames.GAPS, event.gaps());
        event.idealDistance().ifPresent(distance -> result.put(MetricNames.IDEAL_DISTANCE, distance));
        result.put(MetricNames.STATISTICS, new TreeMap<>(event.statistics()));
        return result;
    }
}
