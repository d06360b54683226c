package dev.tandem.method;

/**
 * Loss of an objective on its next batch, computed without consuming the batch. The objective a step will most likely be
 * on should be asked for first: its computation may be kept for the step.
 */
@FunctionalInterface
public interface LossProbe {
    /** @param objective index of the objective */
    double loss(int objective);
}
