package dev.tandem.bench;

import dev.tandem.data.example.Example;
import dev.tandem.data.stream.StreamState;
import dev.tandem.method.Method;
import dev.tandem.recipe.OptimizerRecipe;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.loop.BatchSource;
import dev.tandem.train.loop.JointTrainer;
import dev.tandem.train.loop.ObjectiveTask;
import dev.tandem.train.loop.TrainerSettings;
import dev.tandem.train.loop.TrainingBatch;
import dev.tandem.train.optimizer.AdamW;
import dev.tandem.train.optimizer.LearningRate;
import dev.tandem.train.policy.Policy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The real training loop with a given method, one step at a time. */
final class TrainingWorkload implements Workload {
    private final String name;
    private final JointTrainer trainer;
    private final Map<String, CountingSource> sources = new HashMap<>();
    private final Last last = new Last();

    /**
     * @param tasks objectives to train; their sources are this workload's own
     * @param steps most steps it will be asked for
     */
    TrainingWorkload(
            String name,
            Policy policy,
            AdamW optimizer,
            OptimizerRecipe recipe,
            List<ObjectiveTask> tasks,
            Method method,
            int steps) {
        this.name = name;
        var counted = tasks.stream().map(this::counted).toList();
        var settings =
                new TrainerSettings(steps, 0, 1, 0, 0, 0, event -> Optional.empty(), state -> {}, Optional::empty);
        this.trainer =
                new JointTrainer(policy, counted, method, optimizer, LearningRate.of(recipe, steps), settings, last);
    }

    private ObjectiveTask counted(ObjectiveTask task) {
        var source = new CountingSource(task.batches());
        sources.put(task.name(), source);
        return new ObjectiveTask(
                task.name(),
                task.objective(),
                source,
                task.probes(),
                task.evaluation(),
                task.microBatches(),
                task.optimum());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Step step() {
        sources.values().forEach(s -> s.tokens = 0);
        trainer.run(() -> true);
        var event = last.event.orElseThrow(() -> new IllegalStateException("no step is left of " + name));
        var tokens = new HashMap<String, Long>();
        sources.forEach((objective, source) -> {
            if (source.tokens > 0) {
                tokens.put(objective, source.tokens);
            }
        });
        var loss = event.losses().values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
        return new Step(event.seconds(), loss, tokens);
    }

    /** Keeps the event of the last step. */
    private static final class Last implements TrainingListener {
        private Optional<StepEvent> event = Optional.empty();

        @Override
        public void onStep(StepEvent newEvent) {
            event = Optional.of(newEvent);
        }
    }

    /** Counts the tokens taken from a source. */
    private static final class CountingSource implements BatchSource {
        private final BatchSource source;
        private long tokens;

        CountingSource(BatchSource source) {
            this.source = source;
        }

        @Override
        public TrainingBatch peek() {
            return source.peek();
        }

        @Override
        public TrainingBatch take() {
            var batch = source.take();
            tokens += batch.examples().stream().mapToLong(Example::tokens).sum();
            return batch;
        }

        @Override
        public StreamState state() {
            return source.state();
        }

        @Override
        public void restore(StreamState state) {
            source.restore(state);
        }
    }
}
