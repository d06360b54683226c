package dev.tandem.train.bench;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What was measured of one workload.
 *
 * @param name of the workload
 * @param tokensPerSecond input tokens (no padding) over all timed steps, divided by their time
 * @param medianStepSeconds median time of a step
 * @param tokensPerStep mean input tokens of a step
 * @param peakBytes largest resident set during its steps; absent where the system does not say
 * @param gflops counted operations a second, 10⁹; absent where they are not counted
 * @param utilisation {@code gflops} as a share of the machine's ceiling; absent likewise
 * @param steps every timed step, in order
 */
public record WorkloadResult(
        String name,
        double tokensPerSecond,
        double medianStepSeconds,
        double tokensPerStep,
        OptionalLong peakBytes,
        OptionalDouble gflops,
        OptionalDouble utilisation,
        List<StepTime> steps) {

    /** One timed step: its time, the loss before its update, and its tokens by objective. */
    public record StepTime(double seconds, double loss, Map<String, Long> tokens) {
        public StepTime {
            tokens = Map.copyOf(tokens);
        }
    }

    public WorkloadResult {
        steps = List.copyOf(steps);
    }
}
