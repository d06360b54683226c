package dev.tandem.experiment.compare;

import dev.tandem.method.stage.Sequential;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.event.EvaluationEvent;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.run.TrainingRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Runs a few steps on every objective and an evaluation, to measure their cost. */
final class Calibrator {
    /** The first step of an objective warms up; the others are measured. */
    static final int STEPS_EACH = 4;

    private Calibrator() {}

    /**
     * Runs the measurement.
     *
     * @param recipe a recipe of {@link #STEPS_EACH} steps for each objective, into a folder that can be discarded
     */
    static Calibration measure(Recipe recipe, ComparisonListener listener, BooleanSupplier stopRequested) {
        var seconds = new LinkedHashMap<String, List<Double>>();
        var evaluation = new ArrayList<Double>();
        var start = System.nanoTime();
        var firstEvaluation = new long[] {0};
        var recorder = new TrainingListener() {
            @Override
            public void onStep(StepEvent event) {
                event.losses()
                        .keySet()
                        .forEach(name -> seconds.computeIfAbsent(name, n -> new ArrayList<>())
                                .add(event.seconds()));
                listener.onProgress(
                        "calibration", event.step() + 1L, recipe.train().steps());
            }

            @Override
            public void onEvaluation(EvaluationEvent event) {
                if (evaluation.isEmpty()) {
                    firstEvaluation[0] = System.nanoTime() - (long) (event.seconds() * 1e9);
                }
                evaluation.add(event.seconds());
            }
        };
        var objectives = IntStream.range(0, recipe.objectives().size()).boxed().toList();
        var stages = objectives.stream().map(i -> STEPS_EACH).toList();
        new TrainingRun(recipe, false)
                .withMethod((names, optima) -> new Sequential(objectives, stages))
                .train(recorder, stopRequested);
        if (stopRequested.getAsBoolean()) {
            throw new CancellationException("the calibration was stopped");
        }
        var began = firstEvaluation[0] == 0 ? start : firstEvaluation[0];
        return new Calibration(
                medians(seconds),
                evaluation.isEmpty() ? 0 : evaluation.get(evaluation.size() - 1),
                (began - start) * 1e-9);
    }

    private static Map<String, Double> medians(Map<String, List<Double>> seconds) {
        var result = new LinkedHashMap<String, Double>();
        seconds.forEach((name, all) -> {
            var warm = all.subList(1, all.size()).stream().sorted().toList();
            result.put(name, warm.get(warm.size() / 2));
        });
        return result;
    }
}
