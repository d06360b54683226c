package dev.tandem.eval.score;

import dev.tandem.UserException;
import dev.tandem.data.example.Example;
import dev.tandem.data.source.RowLocator;
import dev.tandem.data.tokenizer.ModelTokenizer;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.objective.ScoredBatch;
import dev.tandem.recipe.Recipe;
import dev.tandem.tensor.Devices;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.train.event.EvaluationEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.folder.TrainedModel;
import dev.tandem.train.loop.BatchEvaluation;
import dev.tandem.train.loop.Evaluator;
import dev.tandem.train.loop.ObjectiveTask;
import dev.tandem.train.policy.PolicyFactory;
import dev.tandem.train.reference.ReferencePolicy;
import dev.tandem.train.reference.ReferenceScores;
import dev.tandem.train.run.RunData;
import dev.tandem.train.run.RunOverrides;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Measures a model on the evaluation sets of a recipe, by the same code and in the same order as training does. The numbers
 * of a run's final model are those of its last evaluation, to the last digit wherever the final model holds the weights as
 * they were trained (adapters, and whole models in fp32).
 *
 * <p>Reference log-probs come from the recipe's cache where it has them. Others are computed from the evaluation sets alone,
 * and may differ from the run's in the last bits.
 */
public final class LossEvaluation {
    private final Recipe recipe;
    private final TrainedModel evaluated;
    private final TrainingListener listener;

    /**
     * @param recipe whose objectives and evaluation sets
     * @param evaluated the model to be measured
     * @param listener is notified of data and progress
     */
    public LossEvaluation(Recipe recipe, TrainedModel evaluated, TrainingListener listener) {
        this.recipe = recipe;
        this.evaluated = evaluated;
        this.listener = listener;
    }

    /**
     * The result.
     *
     * @param totals over each evaluation set; its step is 0
     * @param counts examples in each, by objective
     * @param examples each of them, if they were asked for
     */
    public record Result(EvaluationEvent totals, Map<String, Integer> counts, List<EvaluatedExample> examples) {
        public Result {
            counts = new LinkedHashMap<>(counts);
            examples = List.copyOf(examples);
        }
    }

    /**
     * Evaluates.
     *
     * @param byExample whether to report every example; files are then read once more to find its line
     * @return losses and statistics
     * @throws UserException if the recipe, its data or a model are unusable, or no objective has an evaluation set
     */
    public Result run(boolean byExample) {
        NativeSetup.ensure();
        var device = Devices.of(recipe.train().device());
        recipe.train().threads().ifPresent(NativeSetup::threads);
        var start = evaluated.appliedTo(recipe);
        var data = RunData.load(recipe, listener::onMessage);
        if (data.byObjective().values().stream().allMatch(d -> d.evaluation().isEmpty())) {
            throw new UserException("No objective has an evaluation set: give eval-data, or eval-fraction above 0.");
        }
        try (var policy = new PolicyFactory(start, device).create()) {
            var reference = new ReferencePolicy(start, policy, device);
            var losses = RunOverrides.NONE.losses(start).values();
            var tasks = data.evaluations(ReferenceScores.of(start, losses, reference, listener));
            var scored = new ConcurrentHashMap<Place, ScoredBatch>();
            var totals = new Evaluator(policy, tasks, recipe.train().evalBatchSize())
                    .evaluate(0, task -> (share, part) -> keep(scored, task, share, part));
            return new Result(
                    totals.orElseThrow(), counts(tasks), byExample ? examples(data, tasks, scored) : List.of());
        }
    }

    /** An example of an objective. */
    private record Place(String objective, int index) {}

    private static void keep(
            Map<Place, ScoredBatch> scored, ObjectiveTask task, List<Example> share, ScoredBatch part) {
        for (var i = 0; i < share.size(); i++) {
            var place = new Place(task.name(), share.get(i).index());
            scored.put(place, part.example(i, share.get(i).sequences().size()));
        }
    }

    private static Map<String, Integer> counts(List<ObjectiveTask> tasks) {
        var result = new LinkedHashMap<String, Integer>();
        tasks.stream()
                .filter(task -> !task.evaluation().examples().isEmpty())
                .forEach(task ->
                        result.put(task.name(), task.evaluation().examples().size()));
        return result;
    }

    private List<EvaluatedExample> examples(RunData data, List<ObjectiveTask> tasks, Map<Place, ScoredBatch> scored) {
        var result = new ArrayList<EvaluatedExample>();
        try (var tokenizer = new ModelTokenizer(recipe.model())) {
            for (var task : tasks) {
                var where = where(data, task.name(), tokenizer);
                var examples = task.evaluation().examples();
                for (var i = 0; i < examples.size(); i++) {
                    var example = examples.get(i);
                    var seen = Optional.ofNullable(scored.get(new Place(task.name(), example.index())));
                    result.add(example(task, example, where.get(i), seen.orElseThrow()));
                }
            }
        }
        return result;
    }

    private List<String> where(RunData data, String objective, ModelTokenizer tokenizer) {
        var vocabSize = ModelFamilies.read(recipe.model()).vocabSize();
        var reading = Optional.ofNullable(recipe.objectives().get(objective)).orElseThrow();
        var origins = Optional.ofNullable(data.byObjective().get(objective))
                .orElseThrow()
                .evaluationOrigins();
        return new RowLocator(reading.data(), tokenizer, vocabSize).of(origins);
    }

    /** The loss of one example is the batch's formula for a batch of it alone, with the statistic of the whole set. */
    private static EvaluatedExample example(ObjectiveTask task, Example example, String where, ScoredBatch seen) {
        var counts = BatchEvaluation.counts(task.evaluation().part(List.of(example)));
        var own = task.objective().evaluate(seen, counts);
        var logProbs = seen.policy();
        var reference = seen.referenceSums();
        var sequences = IntStream.range(0, logProbs.sequences())
                .mapToObj(s -> new EvaluatedExample.Sequence(
                        logProbs.length(s),
                        logProbs.sum(s),
                        reference.length == 0 ? Optional.<Double>empty() : Optional.of(reference[s])))
                .toList();
        return new EvaluatedExample(task.name(), where, own.loss(), sequences, own.statistics());
    }
}
