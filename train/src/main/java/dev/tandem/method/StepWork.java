package dev.tandem.method;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The computation of a method's step, as the mean over its steps. Plans and estimates of time and memory are based on it.
 *
 * @param passes forward and backward passes over a batch of each objective, [objectives]; 0 for one that is never trained
 * @param probes forward passes alone, over a batch of each objective, [objectives]
 * @param joint whether one step is on all objectives that have passes; otherwise each step is on one of them
 * @param gradientBuffers gradients of the trained parameters that are kept beside the usual one: one for each term where a
 *     {@link GradientCombiner} is used, 0 otherwise
 */
public record StepWork(double[] passes, double[] probes, boolean joint, int gradientBuffers) {
    public StepWork {
        if (probes.length != passes.length) {
            throw new IllegalArgumentException(passes.length + " objectives with probes of " + probes.length);
        }
        passes = passes.clone();
        probes = probes.clone();
    }

    /**
     * Each step is on one objective.
     *
     * @param shares of the steps that are on each objective, [objectives]; their sum is one
     * @return no probes, no further gradients
     */
    public static StepWork alternating(double... shares) {
        return new StepWork(shares, new double[shares.length], false, 0);
    }

    /**
     * Each step is on all objectives of positive weight.
     *
     * @param weights of the objectives, [objectives]
     * @return a pass of each, no probes, no further gradients
     */
    public static StepWork joint(double... weights) {
        var passes =
                Arrays.stream(weights).map(weight -> weight > 0.0 ? 1.0 : 0.0).toArray();
        return new StepWork(passes, new double[passes.length], true, 0);
    }

    /** This work with other probes, [objectives]. */
    public StepWork withProbes(double... newProbes) {
        return new StepWork(passes, newProbes, joint, gradientBuffers);
    }

    /** This work with the gradient of each trained objective kept by itself, for a {@link GradientCombiner}. */
    public StepWork combined() {
        return new StepWork(passes, probes, joint, (int) trained().count());
    }

    @Override
    public double[] passes() {
        return passes.clone();
    }

    @Override
    public double[] probes() {
        return probes.clone();
    }

    /** Indices of the objectives that are trained. */
    public IntStream trained() {
        return IntStream.range(0, passes.length).filter(i -> passes[i] > 0.0);
    }
}
