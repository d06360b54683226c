package dev.tandem.plan;

/**
 * The cost of a step.
 *
 * @param time seconds
 * @param gradientBytes bytes that a rank sends so that gradients are summed
 * @param parameterBytes bytes that a rank sends so that others have parameters
 */
public record StepCost(StepTime time, double gradientBytes, double parameterBytes) {

    static StepCost of(Timeline.Clock clock) {
        return new StepCost(clock.time(), clock.gradientBytes(), clock.parameterBytes());
    }

    /** All bytes that a rank sends. */
    public double bytesSent() {
        return gradientBytes + parameterBytes;
    }

    StepCost plus(StepCost other) {
        return new StepCost(
                time.plus(other.time), gradientBytes + other.gradientBytes, parameterBytes + other.parameterBytes);
    }

    StepCost times(double factor) {
        return new StepCost(time.times(factor), factor * gradientBytes, factor * parameterBytes);
    }
}
