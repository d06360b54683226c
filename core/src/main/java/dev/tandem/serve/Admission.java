package dev.tandem.serve;

/** The outcome of submitting a request. */
public sealed interface Admission {
    /** The request is queued, or active. */
    record Accepted(Ticket ticket) implements Admission {}

    /** The request is not accepted. */
    enum Refused implements Admission {
        /** The model is not loaded yet. */
        LOADING,
        /** The queue is full. */
        FULL,
        /** The engine finishes the requests it has, and accepts no more. */
        CLOSING
    }

    /** A handle to cancel a request. */
    interface Ticket {
        /**
         * Cancels the request: its slots become free with the next token. May be called by any thread, and repeatedly.
         */
        void cancel();
    }
}
