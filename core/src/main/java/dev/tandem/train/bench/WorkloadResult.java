package dev.tandem.train.bench;

import java.util.List;
import java.util.OptionalLong;

/**
 * What was measured of steps on one objective.
 *
 * @param name of the objective; {@code naive } before it: the naive way
 * @param tokensPerSecond input tokens (no padding) over all timed steps, divided by their time
 * @param medianStepSeconds median time of a step
 * @param tokensPerStep mean input tokens of a step
 * @param peakBytes largest resident set during its steps; absent where the system does not say
 * @param gflops counted operations a second, 10⁹ (see {@link dev.tandem.train.StepFlops}); padding counts for nothing, and a prompt
 *     that the engine computes once for both answers counts once, in the naive way twice
 * @param utilisation {@code gflops} as a share of the machine's ceiling
 * @param steps every timed step, in order
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
