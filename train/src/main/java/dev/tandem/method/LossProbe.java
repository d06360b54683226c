package dev.tandem.method;

/** Losses of objectives as they are before a step, for a method that decides by them. Nothing is trained or consumed. */
@FunctionalInterface
public interface LossProbe {
    /**
     * Loss on the batch the objective would train on next. The objective a step will most likely be on should be asked
     * for first: its computation may be kept for the step.
     *
     * @param objective index of the objective
     * @return the loss before the step, without dropout
     */
    double loss(int objective);

    /**
     * Loss on a training batch drawn for the purpose, another one each time.
     *
     * @param objective index of the objective
     * @return the loss before the step, without dropout
     */
    default double lossOnProbeBatch(int objective) {
        return loss(objective);
    }
}
