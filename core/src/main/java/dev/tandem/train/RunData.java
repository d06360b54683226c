package dev.tandem.train;

import dev.tandem.data.Encoding;
import dev.tandem.data.Example;
import dev.tandem.data.ModelTokenizer;
import dev.tandem.data.ObjectiveData;
import dev.tandem.data.Together;
import dev.tandem.model.ModelConfigReader;
import dev.tandem.objective.Objective;
import dev.tandem.objective.Objectives;
import dev.tandem.recipe.ObjectiveRecipe;
import dev.tandem.recipe.Recipe;
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
record RunData(Recipe recipe, Map<String, ObjectiveData> byObjective) {

    /** Reads all objectives' files at the same time; what is told about them comes in the recipe's order. */
    static RunData load(Recipe recipe, Consumer<String> messages) {
        var vocabSize = ModelConfigReader.read(recipe.model()).vocabSize();
        var told = new LinkedHashSet<String>();
        var result = new LinkedHashMap<String, ObjectiveData>();
        try (var tokenizer = new ModelTokenizer(recipe.model())) {
            var encoding = new Encoding(tokenizer, vocabSize, recipe.cache());
            var work = new ArrayList<Supplier<Loaded>>();
            recipe.objectives().forEach((name, objective) -> work.add(() -> load(recipe, name, objective, encoding)));
            for (var loaded : Together.all("objective", work)) {
                // two objectives may tell the same about the cache
                told.addAll(loaded.messages());
                result.put(loaded.name(), loaded.data());
            }
        }
        told.forEach(messages);
        return new RunData(recipe, result);
    }

    private record Loaded(String name, ObjectiveData data, List<String> messages) {}

    private static Loaded load(Recipe recipe, String name, ObjectiveRecipe objective, Encoding encoding) {
        var seed = Seeds.of(recipe.train().seed(), "data/" + name);
        var messages = new ArrayList<String>();
        var data = ObjectiveData.load(name, objective, encoding, seed, messages::add);
        data.report().text().lines().forEach(messages::add);
        return new Loaded(name, data, messages);
    }

    /** Objectives at work, their reference log-probs computed. */
    List<Task> tasks(ReferenceScores reference) {
        var tasks = new ArrayList<Task>();
        byObjective.forEach((name, data) -> tasks.add(task(name, data, objective(name), reference)));
        return tasks;
    }

    private Task task(String name, ObjectiveData data, ObjectiveRecipe objectiveRecipe, ReferenceScores reference) {
        var objective = Objectives.of(objectiveRecipe);
        var mostDraws = (long) recipe.train().steps() * objectiveRecipe.batchSize();
        return new Task(
                name,
                objective,
                data.stream(),
                data.evaluation(),
                referenceLogProbs(name, objective, data, mostDraws, reference),
                objectiveRecipe.batchSize(),
                microBatchSize(objectiveRecipe),
                objectiveRecipe.optimum());
    }

    private static ReferenceLogProbs referenceLogProbs(
            String name, Objective objective, ObjectiveData data, long mostDraws, ReferenceScores reference) {
        if (!objective.needsReference()) {
            return ReferenceLogProbs.none();
        }
        var examples = new ArrayList<>(reachable(data, mostDraws));
        examples.addAll(data.evaluation());
        return reference.of(name, examples);
    }

    /** Training examples that {@code draws} draws can touch: there is no need for the others' reference log-probs. */
    private static List<Example> reachable(ObjectiveData data, long draws) {
        return draws >= data.training().size()
                ? data.training()
                : List.copyOf(new LinkedHashSet<>(data.stream().peek((int) draws)));
    }

    /** Tokens of the largest micro-batch of all objectives. */
    long largestMicroBatch() {
        return byObjective.entrySet().stream()
                .mapToLong(e -> MemoryEstimate.largestMicroBatch(
                        e.getValue().training(), microBatchSize(objective(e.getKey()))))
                .max()
                .orElse(0);
    }

    /** What was read, kept, cut and dropped, by objective name, for the metrics. */
    Map<String, Object> report() {
        var result = new LinkedHashMap<String, Object>();
        byObjective.forEach((name, data) -> result.put(name, data.report().json()));
        return result;
    }

    private ObjectiveRecipe objective(String name) {
        return Optional.ofNullable(recipe.objectives().get(name)).orElseThrow();
    }

    private static int microBatchSize(ObjectiveRecipe recipe) {
        return recipe.microBatchSize().orElse(recipe.batchSize());
    }
}
