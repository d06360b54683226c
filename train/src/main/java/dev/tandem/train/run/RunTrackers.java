package dev.tandem.train.run;

import dev.tandem.train.event.EvaluationEvent;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.track.Tracker;
import dev.tandem.train.track.TrackerContext;
import dev.tandem.train.track.TrackerRecipe;
import dev.tandem.train.track.WriteFailures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The trackers of a run as one, in the recipe's order. A failed write of one of them is counted, or ends the run. */
public final class RunTrackers implements TrainingListener, AutoCloseable {
    private final List<Tracker> open = new ArrayList<>();
    private final WriteFailures failures;

    private RunTrackers(WriteFailures failures) {
        this.failures = failures;
    }

    /** The trackers of a rank that records nothing. */
    static RunTrackers none(WriteFailures failures) {
        return new RunTrackers(failures);
    }

    /**
     * Opens trackers.
     *
     * @param failures decides on what cannot be written
     * @throws dev.tandem.UserException if one cannot be opened; those before it are closed then
     */
    public static RunTrackers open(List<TrackerRecipe> recipes, TrackerContext run, WriteFailures failures) {
        var trackers = new RunTrackers(failures);
        try {
            recipes.forEach(recipe -> trackers.open.add(recipe.create(run)));
            return trackers;
        } catch (RuntimeException | Error e) {
            trackers.close();
            throw e;
        }
    }

    /** Training begins, and is not resumed. */
    public void begin(Map<String, Object> data) {
        each(tracker -> tracker.begin(data));
    }

    @Override
    public void onStep(StepEvent event) {
        each(tracker -> tracker.onStep(event));
    }

    @Override
    public void onEvaluation(EvaluationEvent event) {
        each(tracker -> tracker.onEvaluation(event));
    }

    @Override
    public void onMessage(String message) {
        each(tracker -> tracker.onMessage(message));
    }

    @Override
    public void onProgress(String what, long done, long total) {
        each(tracker -> tracker.onProgress(what, done, total));
    }

    /** Makes the records durable; a failure fails the checkpoint, which must not be ahead of them. */
    void force() {
        open.forEach(Tracker::force);
    }

    /** Training ended. */
    void end(Map<String, Object> summary) {
        each(tracker -> tracker.end(summary));
    }

    private void each(Consumer<Tracker> action) {
        open.forEach(tracker -> failures.attempt(() -> action.accept(tracker)));
    }

    /** Closes all of them, each once, also those after one that fails to close. */
    @Override
    public void close() {
        if (!open.isEmpty()) {
            try {
                open.remove(open.size() - 1).close();
            } finally {
                close();
            }
        }
    }
}
