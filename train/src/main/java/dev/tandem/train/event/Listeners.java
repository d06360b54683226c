package dev.tandem.train.event;

import java.util.List;
import java.util.function.Consumer;

/** Several listeners as one, notified in order. */
public record Listeners(List<TrainingListener> all) implements TrainingListener {
    public Listeners {
        all = List.copyOf(all);
    }

    @Override
    public void onStep(StepEvent event) {
        each(l -> l.onStep(event));
    }

    @Override
    public void onEvaluation(EvaluationEvent event) {
        each(l -> l.onEvaluation(event));
    }

    @Override
    public void onMessage(String message) {
        each(l -> l.onMessage(message));
    }

    @Override
    public void onProgress(String what, long done, long total) {
        each(l -> l.onProgress(what, done, total));
    }

    private void each(Consumer<TrainingListener> action) {
        all.forEach(action);
    }
}
