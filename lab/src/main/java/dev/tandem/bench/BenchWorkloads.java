package dev.tandem.bench;

import dev.tandem.bench.naive.NaiveTrainer;
import dev.tandem.data.example.Example;
import dev.tandem.method.MethodContext;
import dev.tandem.method.stage.SingleObjective;
import dev.tandem.recipe.OptimizerRecipe;
import dev.tandem.train.loop.ObjectiveTask;
import dev.tandem.train.optimizer.AdamW;
import dev.tandem.train.policy.DTypes;
import dev.tandem.train.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the workloads of a benchmark, which share one optimizer. */
public final class BenchWorkloads implements AutoCloseable {
    static final String NAIVE = "naive ";
    private static final long METHOD_SEED = 5;

    private static final OptimizerRecipe OPTIMIZER =
            new OptimizerRecipe(5e-5, List.of(0.9, 0.95), 1e-8, 0, 1, OptimizerRecipe.Schedule.CONSTANT, 0);

    private final BenchSettings settings;
    private final AdamW optimizer;
    private final BenchTasks tasks;
    private Optional<NaiveTrainer> naive = Optional.empty();

    BenchWorkloads(BenchSettings settings, AdamW optimizer, BenchTasks tasks) {
        this.settings = settings;
        this.optimizer = optimizer;
        this.tasks = tasks;
    }

    /** The optimizer of all workloads. */
    public static AdamW optimizer(Policy policy) {
        return new AdamW(policy.parameters(), OPTIMIZER, policy.model().device());
    }

    /** Steps on single objectives, the engine's and the naive way's. */
    List<Workload> objectives(Policy policy) {
        var result = new ArrayList<Workload>();
        for (var objective : settings.objectives()) {
            result.add(training(objective, policy, settings.warmup() + settings.steps()));
        }
        if (settings.naive()) {
            var trainer = naive(policy);
            naive = Optional.of(trainer);
            for (var objective : settings.objectives()) {
                result.add(new NaiveWorkload(trainer, objective, tasks.stream(objective)));
            }
        }
        return result;
    }

    /** A method, or steps on the objective of that name, in the real training loop, at the start of the data. */
    Workload training(String name, Policy policy, int steps) {
        var both = tasks.tasks();
        var recipe = BenchMethods.of(name, steps).orElseGet(() -> new SingleObjective.Settings(name));
        var method = recipe.create(new MethodContext(
                both.stream().map(ObjectiveTask::name).toList(),
                both.stream().mapToDouble(task -> task.optimum().orElse(0.0)).toArray(),
                steps,
                METHOD_SEED));
        return new TrainingWorkload(name, policy, optimizer, OPTIMIZER, both, method, steps);
    }

    private NaiveTrainer naive(Policy policy) {
        return new NaiveTrainer(
                policy,
                optimizer,
                OPTIMIZER.learningRate(),
                BenchTasks.BETA,
                DTypes.of(settings.precision()).scalarType(),
                settings.threads());
    }

    @Override
    public void close() {
        naive.ifPresent(NaiveTrainer::close);
    }

    /** A workload that trains one objective with the naive implementation. */
    private record NaiveWorkload(NaiveTrainer trainer, String objective, BenchExamples stream) implements Workload {
        @Override
        public String name() {
            return NAIVE + objective;
        }

        @Override
        public Step step() {
            var batch = stream.take();
            var tokens = batch.stream().mapToLong(Example::tokens).sum();
            var start = System.nanoTime();
            var loss = objective.equals(BenchTasks.SFT) ? trainer.sftStep(batch) : trainer.preferenceStep(batch);
            return new Step((System.nanoTime() - start) * 1e-9, loss, Map.of(objective, tokens));
        }
    }
}
