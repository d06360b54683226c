package dev.tandem.train.bench;

import dev.tandem.method.Methods;
import dev.tandem.recipe.MethodRecipe;
import dev.tandem.recipe.OptimizerRecipe;
import dev.tandem.train.AdamW;
import dev.tandem.train.Policy;
import dev.tandem.train.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything a benchmark steps through, over one policy and one optimizer. */
final class BenchWorkloads {
    static final String NAIVE = "naive ";
    private static final long METHOD_SEED = 5;
    private static final int MAXRIGHT_EVERY = 10;

    private static final OptimizerRecipe OPTIMIZER =
            new OptimizerRecipe(5e-5, List.of(0.9, 0.95), 1e-8, 0, 1, OptimizerRecipe.Schedule.CONSTANT, 0);

    private BenchWorkloads() {}

    /** The optimizer of all workloads. */
    static AdamW optimizer(Policy policy) {
        return new AdamW(policy.parameters(), OPTIMIZER, policy.model().device());
    }

    static List<Workload> of(BenchSettings settings, Policy policy, AdamW optimizer, BenchTasks tasks) {
        var result = new ArrayList<Workload>();
        recipes(settings.methods())
                .forEach((name, recipe) -> result.add(training(name, recipe, settings, policy, optimizer, tasks)));
        if (settings.naive()) {
            var trainer = new NaiveTrainer(
                    policy,
                    optimizer,
                    OPTIMIZER.learningRate(),
                    BenchTasks.BETA,
                    BenchPolicy.scalarType(settings.precision()));
            for (var objective : List.of(BenchTasks.SFT, BenchTasks.PREFERENCE)) {
                result.add(new NaiveTrainer.Measured(
                        trainer, objective, tasks.stream(objective), tasks.batchSize(objective)));
            }
        }
        return result;
    }

    /** Names of the methods that step on both objectives. */
    static List<String> methods() {
        return List.of("sequential", "mix", "alright", "maxright");
    }

    private static Map<String, MethodRecipe> recipes(boolean methods) {
        var result = new LinkedHashMap<String, MethodRecipe>();
        result.put(BenchTasks.SFT, new MethodRecipe.Optimum(BenchTasks.SFT));
        result.put(BenchTasks.PREFERENCE, new MethodRecipe.Optimum(BenchTasks.PREFERENCE));
        if (methods) {
            var half = Optional.of(0.5);
            result.put(
                    "sequential",
                    new MethodRecipe.Sequential(
                            List.of(BenchTasks.SFT, BenchTasks.PREFERENCE), half, Optional.empty()));
            result.put("mix", new MethodRecipe.Mix(half, Optional.empty()));
            result.put("alright", new MethodRecipe.Alright(half, Optional.empty(), MethodRecipe.Draws.BALANCED));
            result.put("maxright", new MethodRecipe.Maxright(half, Optional.empty(), MAXRIGHT_EVERY));
        }
        return result;
    }

    private static Workload training(
            String name,
            MethodRecipe recipe,
            BenchSettings settings,
            Policy policy,
            AdamW optimizer,
            BenchTasks tasks) {
        var steps = settings.warmup() + settings.steps();
        var both = tasks.tasks();
        var method = Methods.of(
                recipe,
                both.stream().map(Task::name).toList(),
                both.stream().mapToDouble(Task::optimum).toArray(),
                steps,
                METHOD_SEED);
        return new TrainingWorkload(name, policy, optimizer, OPTIMIZER, both, method, steps);
    }
}
