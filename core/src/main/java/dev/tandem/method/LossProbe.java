package dev.tandem.method;

/** Loss of an objective on its next batch, computed without a gradient and without consuming the batch. */
@FunctionalInterface
public interface LossProbe {
    /** @param objective index of the objective */
    double loss(int objective);
}
