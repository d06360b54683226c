package dev.tandem.spark;

/** Training ended because ranks were lost or failed, and all permitted restarts are used up. */
public final class TrainingFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message names the rank, its machine and its last message */
    public TrainingFailedException(String message) {
        super(message);
    }
}
