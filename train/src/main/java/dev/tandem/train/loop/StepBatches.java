package dev.tandem.train.loop;

import dev.tandem.method.LossProbe;
import dev.tandem.train.policy.Policy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Losses of the tasks' next batches, as a method asks for them before it decides. What was computed on the way is kept
 * for the step that follows: a batch is processed once, whether it was probed before or not.
 *
 * <p>The losses are without dropout: a method decides by them, and they must not depend on how a batch is cut into
 * micro-batches. So a batch is kept only where training has no dropout, and, to save memory, only if it passes through the
 * model as a whole. Another one is evaluated without a gradient, and passes through the model again when it is trained on.
 */
final class StepBatches implements LossProbe, AutoCloseable {
    private final Policy policy;
    private final List<ObjectiveTask> tasks;
    private final DropoutSeeds seeds;
    private final Map<Integer, DeferredBackward> open = new HashMap<>();
    private final Map<Integer, TrainingBatch> taken = new HashMap<>();

    /** @param seeds of dropout in this step */
    StepBatches(Policy policy, List<ObjectiveTask> tasks, DropoutSeeds seeds) {
        this.policy = policy;
        this.tasks = tasks;
        this.seeds = seeds;
    }

    interface DropoutSeeds {
        long of(int objective);
    }

    /** The first requested objective is the likeliest to be stepped on. */
    @Override
    public double loss(int objective) {
        var task = tasks.get(objective);
        var batch = task.batches().peek();
        if (policy.hasDropout() || task.microBatches().of(batch.examples()).size() > 1) {
            return BatchLoss.withoutGradient(policy, task, batch, task.microBatches())
                    .loss();
        }
        var pass = DeferredBackward.forward(policy, task, batch, seeds.of(objective), open.isEmpty());
        open.put(objective, pass);
        return pass.loss().loss();
    }

    /** The loss without dropout: nothing is trained on this batch. */
    @Override
    public double lossOnProbeBatch(int objective) {
        var task = tasks.get(objective);
        return BatchLoss.withoutGradient(policy, task, task.probes().take(), task.microBatches())
                .loss();
    }

    /**
     * Takes the next batch of an objective and adds {@code weight} times its gradient to the policy's gradients.
     *
     * @param last whether the step's gradient is complete with it
     */
    BatchLoss step(int objective, double weight, boolean last) {
        var task = tasks.get(objective);
        var batch = task.batches().take();
        taken.put(objective, batch);
        return Optional.ofNullable(open.remove(objective))
                .map(pass -> pass.backward(weight, last))
                .orElseGet(() -> BatchLoss.withGradient(policy, task, batch, weight, seeds.of(objective), last));
    }

    /** The loss of the batch an objective was stepped on with, as the policy is now, without dropout. */
    BatchLoss lossOfTaken(int objective) {
        var task = tasks.get(objective);
        return BatchLoss.withoutGradient(policy, task, taken(objective).orElseThrow(), task.microBatches());
    }

    /** The batch an objective was stepped on with; absent if it was not. */
    Optional<TrainingBatch> taken(int objective) {
        return Optional.ofNullable(taken.get(objective));
    }

    @Override
    public void close() {
        open.values().forEach(DeferredBackward::close);
        open.clear();
    }
}
