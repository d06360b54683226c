package dev.tandem.serve;

/** What becomes of a request. */
public sealed interface Admission {
    /** It is queued, or in the making. */
    record Accepted(Ticket ticket) implements Admission {}

    /** It is not taken. */
    enum Refused implements Admission {
        /** The model is not there yet. */
        LOADING,
        /** As much waits already as may. */
        FULL,
        /** The engine finishes what it has, and takes no more. */
        CLOSING
    }

    /** Gives a request up. */
    interface Ticket {
        /** Nobody wants it any more: its places are free with the next token. May be called by any thread, and again. */
        void cancel();
    }
}
