package dev.tandem.experiment.benchmark;

import dev.tandem.UserException;
import dev.tandem.recipe.BenchmarkRecipe;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Benchmarks models. Results are stored beside each model, in {@code benchmarks.json}, after every benchmark: a
 * benchmark is not repeated unless its settings have changed.
 */
public final class Benchmarks {
    private final Map<String, BenchmarkRecipe> recipes;
    private final Map<String, Benchmark> benchmarks = new LinkedHashMap<>();
    private final Listener listener;
    private boolean checked;

    /** Notified of the progress; called by several threads if several models are measured simultaneously. */
    public interface Listener {
        /** Called with a message for the user. */
        void onMessage(String message);

        /** Called with the progress of a benchmark. */
        void onProgress(String subject, String benchmark, long done, long total);

        /** Called when a benchmark is done. */
        void onScore(String subject, String benchmark, BenchmarkScore score);

        /** Called when a model could not be measured. */
        void onFailure(String subject, String benchmark, String why);
    }

    /**
     * @param recipes recipes by name, in the order they are run
     * @param models models that they need beside the measured one
     */
    public Benchmarks(Map<String, BenchmarkRecipe> recipes, ComparedModels models, Listener listener) {
        this.recipes = new LinkedHashMap<>(recipes);
        this.listener = listener;
        recipes.forEach((name, recipe) ->
                benchmarks.put(name, of(name, recipe, models, message -> listener.onMessage(name + ": " + message))));
    }

    private static Benchmark of(String name, BenchmarkRecipe recipe, ComparedModels models, Consumer<String> messages) {
        return recipe instanceof BenchmarkRecipe.MultipleChoice choice
                ? new ChoiceBenchmark(choice, models, messages)
                : new WinRateBenchmark(name, (BenchmarkRecipe.WinRate) recipe, models, messages);
    }

    /**
     * Reads all files of the benchmarks, unless that was done.
     *
     * @throws UserException if one cannot be run; the message names it
     */
    public void check() {
        if (checked) {
            return;
        }
        benchmarks.forEach((name, benchmark) -> {
            try {
                benchmark.check();
            } catch (UserException e) {
                throw new UserException("compare.benchmarks." + name + ": " + e.getMessage(), e);
            }
        });
        checked = true;
    }

    /**
     * Measures a model in the benchmarks that have no result for it yet.
     *
     * @param cancelled checked regularly
     * @return all its scores, by benchmark, in order; without those that failed
     * @throws CancellationException if it was cancelled
     */
    public Map<String, BenchmarkScore> run(Subject subject, BooleanSupplier cancelled) {
        var file = new BenchmarkFile(subject.results());
        benchmarks.forEach((name, benchmark) -> {
            var settings = settings(name);
            if (file.score(name, settings).isEmpty()) {
                if (cancelled.getAsBoolean()) {
                    throw new CancellationException("the comparison was stopped");
                }
                measure(subject, name, benchmark, cancelled, score -> file.put(name, settings, score));
            }
        });
        return scores(file);
    }

    private void measure(
            Subject subject,
            String name,
            Benchmark benchmark,
            BooleanSupplier cancelled,
            Consumer<BenchmarkScore> keep) {
        try {
            var size = benchmark.size();
            var score =
                    benchmark.run(subject, done -> listener.onProgress(subject.name(), name, done, size), cancelled);
            keep.accept(score);
            listener.onScore(subject.name(), name, score);
        } catch (UserException e) {
            listener.onFailure(subject.name(), name, String.valueOf(e.getMessage()));
        }
    }

    private Map<String, Object> settings(String name) {
        return Optional.ofNullable(recipes.get(name)).orElseThrow().yaml();
    }

    private Map<String, BenchmarkScore> scores(BenchmarkFile file) {
        var result = new LinkedHashMap<String, BenchmarkScore>();
        benchmarks.keySet().forEach(name -> file.score(name, settings(name)).ifPresent(s -> result.put(name, s)));
        return result;
    }
}
