package dev.tandem.train.track;

import dev.tandem.train.event.EvaluationEvent;
import dev.tandem.train.event.StepEvent;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Writes TensorBoard's events into {@code tensorboard/}; a resumed run begins a further file there. */
public final class TensorBoardTracker implements Tracker {
    /** {@code tensorboard}, without keys. */
    public static final TrackerType TYPE = TrackerType.of("tensorboard", Set.of(), section -> new Settings());

    /** The log directory, in a run's folder. */
    public static final String FOLDER = "tensorboard";

    private final TensorBoardFile file;

    private TensorBoardTracker(TensorBoardFile file) {
        this.file = file;
    }

    /** The setting of a recipe. */
    public record Settings() implements TrackerRecipe {
        @Override
        public TrackerType type() {
            return TYPE;
        }

        @Override
        public Tracker create(TrackerContext run) {
            return new TensorBoardTracker(
                    TensorBoardFile.create(run.folder().resolve(FOLDER), run.stepsDone(), Clock.systemUTC()));
        }
    }

    @Override
    public void onStep(StepEvent event) {
        var step = event.step();
        event.losses().forEach((name, loss) -> file.scalar(MetricNames.trainLoss(name), step, loss));
        sorted(event.statistics()).forEach((name, value) -> file.scalar(MetricNames.trainStatistic(name), step, value));
        sorted(event.notes()).forEach((name, value) -> file.scalar(MetricNames.methodNote(name), step, value));
        file.scalar(MetricNames.TRAIN_GRAD_NORM, step, event.gradNorm());
        file.scalar(MetricNames.TRAIN_LEARNING_RATE, step, event.learningRate());
        file.scalar(MetricNames.TRAIN_TOKENS_PER_SECOND, step, event.tokens() / Math.max(event.seconds(), 1e-9));
    }

    @Override
    public void onEvaluation(EvaluationEvent event) {
        var step = event.step();
        event.losses().forEach((name, loss) -> file.scalar(MetricNames.evalLoss(name), step, loss));
        event.gaps().forEach((name, gap) -> file.scalar(MetricNames.evalGap(name), step, gap));
        sorted(event.statistics()).forEach((name, value) -> file.scalar(MetricNames.evalStatistic(name), step, value));
        event.idealDistance().ifPresent(distance -> file.scalar(MetricNames.EVAL_IDEAL_DISTANCE, step, distance));
    }

    private static Map<String, Double> sorted(Map<String, Double> values) {
        return new TreeMap<>(values);
    }

    @Override
    public void close() {
        file.close();
    }
}
