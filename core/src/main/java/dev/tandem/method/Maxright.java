package dev.tandem.method;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;

/**
 * MAXRIGHT (arXiv 2410.15483): every step is on the objective with the largest weighted gap
 * w_i·(f_i − f*_i), unweighted; a tie goes to the lowest index.
 *
 * <p>At step 0, every k steps and while a gap is unknown, the losses of all objectives on their next batches are
 * evaluated. In between, gaps are stale: that of the objective stepped on is refreshed with its training loss, the
 * others stay as last known.
 *
 * <p>Objectives of weight 0 are neither evaluated nor chosen. A plan's notes hold the weighted gaps the choice was made
 * from, {@code gap/<name>}, and {@code evaluated}: 1 at an evaluation, 0 else.
 */
public final class Maxright implements Method {
    /** Note: whether the step's gaps were freshly evaluated. */
    public static final String EVALUATED = "evaluated";

    /** Prefix of the notes that hold weighted gaps. */
    public static final String GAP = "gap/";

    private final List<String> names;
    private final Weights weights;
    private final double[] optima;
    private final int evaluateEvery;

    /** f_i − f*_i as last known; NaN before the first evaluation. */
    private final double[] gaps;

    /**
     * @param names name of every objective, for the notes
     * @param weights weight of every objective; none negative, sum one
     * @param optima f* of every objective
     * @param evaluateEvery steps between evaluations (the paper's k), at least 1
     * @throws dev.tandem.UserException if the weights are not such
     * @throws IllegalArgumentException if the arguments differ in length or k is below 1
     */
    public Maxright(List<String> names, double[] weights, double[] optima, int evaluateEvery) {
        this.names = List.copyOf(names);
        this.weights = new Weights(weights);
        this.optima = optima.clone();
        this.evaluateEvery = evaluateEvery;
        this.gaps = new double[weights.length];
        Arrays.fill(gaps, Double.NaN);
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
        var evaluate = step % evaluateEvery == 0 || !allKnown();
        var notes = new HashMap<String, Double>();
        notes.put(EVALUATED, evaluate ? 1.0 : 0.0);
        if (evaluate) {
            evaluate(probe);
        }
        var chosen = -1;
        var largest = Double.NEGATIVE_INFINITY;
        for (var i = 0; i < gaps.length; i++) {
            if (weights.get(i) > 0.0) {
                var weighted = weights.get(i) * gaps[i];
                notes.put(GAP + names.get(i), weighted);
                // A loss that is not a number is stepped on, so that training sees it and stops.
                if (chosen < 0 || weighted > largest || Double.isNaN(weighted)) {
                    chosen = i;
                    largest = weighted;
                }
            }
        }
        return new StepPlan(List.of(new StepPlan.Term(chosen, 1.0)), false, notes);
    }

    /** The objective of the largest gap so far first: most likely it stays that. */
    private void evaluate(LossProbe probe) {
        IntStream.range(0, gaps.length)
                .filter(i -> weights.get(i) > 0.0)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> Double.isNaN(gaps[i]) ? 0.0 : -weights.get(i) * gaps[i]))
                .toList()
                .forEach(i -> gaps[i] = probe.loss(i) - optima[i]);
    }

    private boolean allKnown() {
        for (var i = 0; i < gaps.length; i++) {
            if (weights.get(i) > 0.0 && Double.isNaN(gaps[i])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void observe(StepPlan plan, double[] losses) {
        for (var i = 0; i < losses.length; i++) {
            var objective = plan.terms().get(i).objective();
            gaps[objective] = losses[i] - optima[objective];
        }
    }

    @Override
    public MethodState state() {
        var values = new HashMap<String, Double>();
        for (var i = 0; i < gaps.length; i++) {
            if (!Double.isNaN(gaps[i])) {
                values.put(GAP + i, gaps[i]);
            }
        }
        return new MethodState(values);
    }

    @Override
    public void restore(MethodState state) {
        for (var i = 0; i < gaps.length; i++) {
            gaps[i] = state.values().getOrDefault(GAP + i, Double.NaN);
        }
    }
}
