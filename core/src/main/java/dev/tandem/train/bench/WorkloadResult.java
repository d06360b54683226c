package dev.tandem.train.bench;

import java.util.List;
import java.util.OptionalLong;

/**
 * Measurements of steps on one objective.
 *
 * @param name name of the objective; preceded by {@code naive } for the naive implementation
 * @param tokensPerSecond input tokens (no padding) over all timed steps, divided by their time
 * @param medianStepSeconds median time of a step
 * @param tokensPerStep mean number of input tokens in a step
 * @param peakBytes largest resident set during its steps; absent if the system does not report it
 * @param gflops counted operations a second, 10⁹ (see {@link dev.tandem.train.StepFlops}); padding is not counted, and
 *     a prompt that the engine computes once for both answers counts once, in the naive implementation twice
 * @param utilisation {@code gflops} as a fraction of the machine's ceiling
 * @param steps all timed steps, in order
 */
public record WorkloadResult(
        String name,
        double tokensPerSecond,
        double medianStepSeconds,
        double tokensPerStep,
        OptionalLong peakBytes,
        double gflops,
        double utilisation,
        List<StepTime> steps) {

    /** One timed step: its time, the loss before its update, and its input tokens. */
    public record StepTime(double seconds, double loss, long tokens) {}

    public WorkloadResult {
        steps = List.copyOf(steps);
    }
}
