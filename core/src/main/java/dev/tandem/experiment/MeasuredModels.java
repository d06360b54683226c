package dev.tandem.experiment;

import dev.tandem.experiment.benchmark.BenchmarkScore;
import dev.tandem.experiment.benchmark.Benchmarks;
import dev.tandem.recipe.ComparisonRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** Benchmarks the models of a comparison, and keeps the results. */
final class MeasuredModels {
    private final ComparisonModels models;
    private final Benchmarks benchmarks;
    private final boolean none;
    private final BooleanSupplier stopRequested;
    private final Map<String, Map<String, BenchmarkScore>> scores = new ConcurrentHashMap<>();

    MeasuredModels(
            ComparisonRecipe recipe,
            ComparisonModels models,
            ComparisonListener listener,
            BooleanSupplier stopRequested) {
        this.models = models;
        this.benchmarks = new Benchmarks(recipe.benchmarks(), models.compared(), new Told(listener));
        this.none = recipe.benchmarks().isEmpty();
        this.stopRequested = stopRequested;
    }

    /** Finds errors in the benchmarks' files. */
    void check() {
        benchmarks.check();
    }

    /** Measures the models that exist before the methods' runs. */
    void beforeMethods() {
        if (!none) {
            models.beforeMethods()
                    .forEach(subject -> scores.put(subject.name(), benchmarks.run(subject, stopRequested)));
        }
    }

    /** Measures the model that a run produced. */
    void after(PlannedRun run) {
        if (!none) {
            scores.put(run.name(), benchmarks.run(models.subject(run), stopRequested));
        }
    }

    /** Scores of a run, or of {@code base} or {@code reference}, by benchmark; none if it was not measured. */
    Map<String, BenchmarkScore> of(String model) {
        return scores.getOrDefault(model, Map.of());
    }

    /** Names of the models measured before the methods' runs, in order. */
    List<String> beforeMethodsNames() {
        var result = new ArrayList<String>();
        models.beforeMethods().stream()
                .map(subject -> subject.name())
                .filter(scores::containsKey)
                .forEach(result::add);
        return result;
    }

    /** Lets one thread at a time notify the listener. */
    private record Told(ComparisonListener listener) implements Benchmarks.Listener {
        @Override
        public void onMessage(String message) {
            synchronized (listener) {
                listener.onMessage(message);
            }
        }

        @Override
        public void onProgress(String subject, String benchmark, long done, long total) {
            synchronized (listener) {
                listener.onProgress(subject + ": " + benchmark, done, total);
            }
        }

        @Override
        public void onScore(String subject, String benchmark, BenchmarkScore score) {
            synchronized (listener) {
                listener.onBenchmark(subject, benchmark, score);
            }
        }

        @Override
        public void onFailure(String subject, String benchmark, String why) {
            synchronized (listener) {
                listener.onBenchmarkFailed(subject, benchmark, why);
            }
        }
    }
}
