package dev.tandem.train.run;

import dev.tandem.concurrent.ParallelTasks;
import dev.tandem.data.Batching;
import dev.tandem.data.cache.TokenizationContext;
import dev.tandem.data.example.Example;
import dev.tandem.data.load.ObjectiveData;
import dev.tandem.data.tokenizer.ModelTokenizer;
import dev.tandem.math.Seeds;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.objective.Objective;
import dev.tandem.recipe.ObjectiveRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.cost.MemoryEstimate;
import dev.tandem.train.loop.DatasetBatches;
import dev.tandem.train.loop.MicroBatches;
import dev.tandem.train.loop.ObjectiveTask;
import dev.tandem.train.loop.TrainingBatch;
import dev.tandem.train.reference.ReferenceLogProbs;
import dev.tandem.train.reference.ReferenceScores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The data of all objectives of a run, read and tokenised.
 *
 * @param recipe the run's
 * @param byObjective data by objective name, in the recipe's order
 */
public record RunData(Recipe recipe, Map<String, ObjectiveData> byObjective) {

    /** Reads all objectives' files at the same time; messages about them arrive in the recipe's order. */
    public static RunData load(Recipe recipe, Consumer<String> messages) {
        return load(recipe, recipe.cache(), messages);
    }

    /** Reads all objectives' files. @param cache where tokenised files are kept, in place of the recipe's */
    static RunData load(Recipe recipe, Optional<Path> cache, Consumer<String> messages) {
        var vocabSize = ModelFamilies.read(recipe.model()).vocabSize();
        var distinct = new LinkedHashSet<String>();
        var result = new LinkedHashMap<String, ObjectiveData>();
        try (var tokenizer = new ModelTokenizer(recipe.model())) {
            var encoding = new TokenizationContext(tokenizer, vocabSize, cache);
            var work = new ArrayList<Supplier<Loaded>>();
            recipe.objectives().forEach((name, objective) -> work.add(() -> load(recipe, name, objective, encoding)));
            for (var loaded : ParallelTasks.all("objective", work)) {
                // two objectives may have the same message about the cache
                distinct.addAll(loaded.messages());
                result.put(loaded.name(), loaded.data());
            }
        }
        distinct.forEach(messages);
        return new RunData(recipe, result);
    }

    private record Loaded(String name, ObjectiveData data, List<String> messages) {}

    private static Loaded load(Recipe recipe, String name, ObjectiveRecipe objective, TokenizationContext encoding) {
        var seed = Seeds.of(recipe.train().seed(), "data/" + name);
        var messages = new ArrayList<String>();
        var data = ObjectiveData.load(name, objective.data(), encoding, seed, messages::add);
        data.report().text().lines().forEach(messages::add);
        return new Loaded(name, data, messages);
    }

    /**
     * Objectives to train, with their reference log-probs.
     *
     * @param losses the loss of every objective, by name
     */
    List<ObjectiveTask> tasks(Map<String, Objective> losses, ReferenceScores reference) {
        var tasks = new ArrayList<ObjectiveTask>();
        byObjective.forEach(
                (name, data) -> tasks.add(task(name, loss(losses, name), data, reachable(data), reference)));
        return tasks;
    }

    /** Objectives to be evaluated and not to be trained: they have reference log-probs of the evaluation sets only. */
    public List<ObjectiveTask> evaluations(ReferenceScores reference) {
        var tasks = new ArrayList<ObjectiveTask>();
        var losses = RunOverrides.NONE.losses(recipe);
        byObjective.forEach((name, data) -> tasks.add(task(name, loss(losses, name), data, List.of(), reference)));
        return tasks;
    }

    private static Objective loss(Map<String, Objective> losses, String name) {
        return Optional.ofNullable(losses.get(name)).orElseThrow();
    }

    /** @param reachable training examples that will be touched; none: nothing will be probed either */
    private ObjectiveTask task(
            String name, Objective objective, ObjectiveData data, List<Example> reachable, ReferenceScores reference) {
        var objectiveRecipe = objective(name);
        var logProbs = referenceLogProbs(name, objective, reachable, data.evaluation(), reference);
        var probes = data.probes(
                reachable.isEmpty() ? data.training() : reachable,
                Seeds.of(recipe.train().seed(), "looks/" + name));
        return new ObjectiveTask(
                name,
                objective,
                new DatasetBatches(data.stream(), logProbs),
                new DatasetBatches(probes, logProbs),
                TrainingBatch.of(data.evaluation(), logProbs),
                microBatches(objectiveRecipe),
                objectiveRecipe.optimum());
    }

    private ReferenceLogProbs referenceLogProbs(
            String name,
            Objective objective,
            List<Example> reachable,
            List<Example> evaluation,
            ReferenceScores reference) {
        if (!objective.needsReference()) {
            return ReferenceLogProbs.none();
        }
        var examples = new ArrayList<>(reachable);
        examples.addAll(evaluation);
        return reference.of(name, examples);
    }

    /**
     * Training examples that the run can touch: there is no need for the others' reference log-probs. An objective takes at
     * most one batch a step, a batch that a method probes before a step may be taken in that step, and other probed batches
     * are drawn from these.
     */
    private List<Example> reachable(ObjectiveData data) {
        var training = data.training();
        var stream = data.stream();
        // by index: examples are compared by their tokens, which would have to be read
        var result = new LinkedHashMap<Integer, Example>();
        var drawn = 0L;
        for (var step = 0; step < recipe.train().steps(); step++) {
            var batch = stream.take();
            drawn += batch.size();
            if (drawn >= training.size()) {
                return training;
            }
            batch.forEach(example -> result.put(example.index(), example));
        }
        return List.copyOf(result.values());
    }

    /** Tokens of the largest micro-batch of all objectives. */
    long largestMicroBatch() {
        return byObjective.entrySet().stream()
                .mapToLong(e -> largestMicroBatch(e.getValue(), objective(e.getKey())))
                .max()
                .orElse(0);
    }

    private long largestMicroBatch(ObjectiveData data, ObjectiveRecipe objectiveRecipe) {
        var limits = microBatches(objectiveRecipe);
        var mostTokens = objectiveRecipe.data().batching() instanceof Batching.Tokens batch
                ? Math.min(limits.tokens(), batch.tokens())
                : limits.tokens();
        return MemoryEstimate.largestMicroBatch(data.training(), limits.examples(), mostTokens);
    }

    /** The counts of rows read, kept, cut and dropped, by objective name, for the metrics. */
    Map<String, Object> report() {
        var result = new LinkedHashMap<String, Object>();
        byObjective.forEach((name, data) -> result.put(name, data.report().json()));
        return result;
    }

    private ObjectiveRecipe objective(String name) {
        return Optional.ofNullable(recipe.objectives().get(name)).orElseThrow();
    }

    private MicroBatches microBatches(ObjectiveRecipe objectiveRecipe) {
        var whole =
                objectiveRecipe.data().batching() instanceof Batching.Examples batch ? batch.size() : Integer.MAX_VALUE;
        return new MicroBatches(
                objectiveRecipe.microBatchSize().orElse(whole),
                recipe.train().microBatchTokens().orElse(Integer.MAX_VALUE));
    }
}
