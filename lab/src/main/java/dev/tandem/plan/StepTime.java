package dev.tandem.plan;

/**
 * Seconds of an optimizer step.
 *
 * @param computing on the rank that has most to compute
 * @param communicating what is sent and received, whether or not anything waits for it
 * @param exposed of that, what computing waits for
 */
public record StepTime(double computing, double communicating, double exposed) {
    /** Seconds of the whole step. */
    public double total() {
        return computing + exposed;
    }

    StepTime plus(StepTime other) {
        return new StepTime(computing + other.computing, communicating + other.communicating, exposed + other.exposed);
    }

    StepTime times(double factor) {
        return new StepTime(factor * computing, factor * communicating, factor * exposed);
    }
}
