package dev.tandem.spark;

/** Training ended because ranks were lost or failed, and was begun again as often as it may. */
public final class TrainingFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message which rank, where, and what it said */
    public TrainingFailedException(String message) {
        super(message);
    }
}
