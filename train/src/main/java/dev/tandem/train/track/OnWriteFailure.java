package dev.tandem.train.track;

/** What a run does when a checkpoint or a line of its metrics cannot be written. */
public enum OnWriteFailure {
    /** It ends; the checkpoints it has stay. */
    STOP,
    /** It continues without what could not be written, and reports it. */
    CONTINUE
}
