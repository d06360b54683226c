package dev.tandem.experiment;

import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.train.EvaluationEvent;
import dev.tandem.train.StepEvent;
import dev.tandem.train.TrainingListener;
import dev.tandem.train.TrainingResult;
import dev.tandem.train.TrainingRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** Runs the demo's recipes: one, or several, two at a time, for a model this small cannot keep two cores busy. */
final class DemoRuns {
    private static final int LANES = 2;

    private final TrainingListener listener;
    private final BooleanSupplier stopRequested;

    DemoRuns(TrainingListener listener, BooleanSupplier stopRequested) {
        this.listener = listener;
        this.stopRequested = stopRequested;
    }

    /** Trains by one recipe. */
    void train(String name, String recipe) {
        var parsed = RecipeReader.parse(recipe, List.of());
        train(parsed, new Progress(name, parsed.train().steps()), new ArrayList<>());
    }

    /**
     * Trains by several recipes.
     *
     * @param what they are, together
     * @param recipes by the run's name
     * @return their runs, in order
     */
    List<DemoRun> all(String what, Map<String, String> recipes) {
        var parsed = new LinkedHashMap<String, Recipe>();
        recipes.forEach((name, recipe) -> parsed.put(name, RecipeReader.parse(recipe, List.of())));
        var steps = parsed.values().stream().mapToInt(r -> r.train().steps()).sum();
        var progress = new Progress(what, steps);
        var lanes = Executors.newFixedThreadPool(
                Math.min(LANES, Runtime.getRuntime().availableProcessors()));
        try {
            var futures = parsed.entrySet().stream()
                    .map(e -> lanes.submit(() -> run(e.getKey(), e.getValue(), progress)))
                    .toList();
            var result = new ArrayList<DemoRun>();
            for (var future : futures) {
                result.add(future.get());
            }
            return result;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the demo was interrupted");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } finally {
            lanes.shutdownNow();
        }
    }

    private DemoRun run(String name, Recipe recipe, Progress progress) {
        var evaluations = new ArrayList<EvaluationEvent>();
        var seconds = train(recipe, progress, evaluations).seconds();
        var run = new DemoRun(name, evaluations, seconds);
        progress.say(String.format(
                Locale.ROOT,
                "  %-20s SFT loss %.3f, DPO loss %.3f (%.0f s)",
                name,
                run.lastSft(),
                run.lastPreference(),
                seconds));
        return run;
    }

    private TrainingResult train(Recipe recipe, Progress progress, List<EvaluationEvent> evaluations) {
        var recorder = new TrainingListener() {
            @Override
            public void onStep(StepEvent event) {
                progress.step();
            }

            @Override
            public void onEvaluation(EvaluationEvent event) {
                evaluations.add(event);
            }
        };
        var result = new TrainingRun(recipe, false).train(recorder, stopRequested);
        if (result.reason() == TrainingResult.Reason.INTERRUPTED) {
            throw new CancellationException("the demo was stopped");
        }
        return result;
    }

    /**
     * Tells the listener of steps alone, one at a time: what a run says of its data and model would drown the demo's own
     * words.
     */
    private final class Progress {
        private final String what;
        private final int total;
        private int done;

        Progress(String what, int total) {
            this.what = what;
            this.total = total;
        }

        synchronized void step() {
            listener.onProgress(what, ++done, total);
        }

        synchronized void say(String message) {
            listener.onMessage(message);
        }
    }
}
