package dev.tandem.method;

import dev.tandem.recipe.MethodRecipe.Look;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;

/**
 * MAXRIGHT (arXiv 2410.15483): every step is on the objective with the largest weighted gap w_i·(f_i − f*_i),
 * unweighted; a tie goes to the lowest index.
 *
 * <p>An objective that is stepped on tells its loss by that. How the others' are learnt is chosen by {@link Look}: with
 * {@code OTHER_BATCH} one that was not heard of for k steps is evaluated on a batch drawn for the purpose; with
 * {@code NEXT_BATCH} all are, every k steps, on the batches they would train on next. In between, gaps are stale. A gap is
 * that of a running mean ({@link RunningGaps}), since a single batch's loss says more about the batch.
 *
 * <p>Objectives of weight 0 are neither evaluated nor chosen. A plan's notes hold the weighted gaps the choice was made
 * from, {@code gap/<name>}, and {@code evaluated}: 1 at an evaluation, 0 else.
 */
public final class Maxright implements Method {
    /** Note: whether an objective was evaluated before the step. */
    public static final String EVALUATED = "evaluated";

    /** Prefix of the notes that hold weighted gaps. */
    public static final String GAP = "gap/";

    private final List<String> names;
    private final ObjectiveWeights weights;
    private final int evaluateEvery;
    private final Look look;
    private final RunningGaps gaps;
    private int now;

    /**
     * @param names name of every objective, for the notes
     * @param weights weight of every objective; none negative, sum one
     * @param optima f* of every objective
     * @param evaluateEvery steps after which a loss is too old (the paper's k), at least 1
     * @param look which batches are evaluated
     * @param smoothing s of the running means, from 0 (the last loss alone) to below 1
     * @throws dev.tandem.UserException if the weights are not such
     * @throws IllegalArgumentException if the arguments differ in length, or k or s is out of its range
     */
    public Maxright(
            List<String> names, double[] weights, double[] optima, int evaluateEvery, Look look, double smoothing) {
        this.names = List.copyOf(names);
        this.weights = ObjectiveWeights.of(weights);
        this.evaluateEvery = evaluateEvery;
        this.look = look;
        this.gaps = new RunningGaps(optima, smoothing);
        if (names.size() != weights.length || optima.length != weights.length) {
            throw new IllegalArgumentException(
                    names.size() + " names, " + weights.length + " weights and " + optima.length + " optima");
        }
        if (evaluateEvery < 1) {
            throw new IllegalArgumentException("evaluateEvery must be at least 1, not " + evaluateEvery);
        }
    }

    @Override
    public StepPlan plan(int step, LossProbe probe) {
        now = step;
        var due = due();
        due.forEach(i -> gaps.enter(i, now, look == Look.NEXT_BATCH ? probe.loss(i) : probe.lossOfOtherBatch(i)));
        var notes = new HashMap<String, Double>();
        notes.put(EVALUATED, due.isEmpty() ? 0.0 : 1.0);
        return new StepPlan(List.of(new StepPlan.Term(largest(notes), 1.0)), false, notes);
    }

    /** Objectives to evaluate; that of the largest gap so far first: most likely it stays that. */
    private List<Integer> due() {
        var all = now % evaluateEvery == 0 || objectives().anyMatch(i -> !gaps.known(i));
        return objectives()
                .filter(i -> look == Look.NEXT_BATCH ? all : !gaps.known(i) || gaps.age(i, now) >= evaluateEvery)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> gaps.known(i) ? -weights.get(i) * gaps.get(i) : 0.0))
                .toList();
    }

    private IntStream objectives() {
        return IntStream.range(0, names.size()).filter(i -> weights.get(i) > 0.0);
    }

    /** The objective of the largest weighted gap; all are noted. */
    private int largest(HashMap<String, Double> notes) {
        var chosen = -1;
        var largest = Double.NEGATIVE_INFINITY;
        for (var i : objectives().toArray()) {
            var weighted = weights.get(i) * gaps.get(i);
            notes.put(GAP + names.get(i), weighted);
            // A loss that is not a number is stepped on, so that training sees it and stops.
            if (chosen < 0 || weighted > largest || Double.isNaN(weighted)) {
                chosen = i;
                largest = weighted;
            }
        }
        return chosen;
    }

    @Override
    public void observe(StepPlan plan, double[] losses) {
        if (look == Look.NEXT_BATCH && plan.notes().getOrDefault(EVALUATED, 0.0) == 1.0) {
            return; // the evaluation was of this very batch
        }
        for (var i = 0; i < losses.length; i++) {
            gaps.enter(plan.terms().get(i).objective(), now, losses[i]);
        }
    }

    @Override
    public MethodState state() {
        var values = new HashMap<String, Double>();
        gaps.save(values);
        return new MethodState(values);
    }

    @Override
    public void restore(MethodState state) {
        gaps.restore(state.values());
    }
}
