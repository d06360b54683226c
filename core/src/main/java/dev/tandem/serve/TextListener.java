package dev.tandem.serve;

import dev.tandem.eval.Answer;

/**
 * Receives one text. Must return immediately, because the texts of all requests wait for it. After cancellation it
 * receives nothing more.
 */
public interface TextListener {
    /** Called with more of the text, in whole characters. */
    void onText(String piece);

    /** Called with the whole text; nothing follows it. */
    void onEnd(Answer answer);

    /** Called when there is no text, or no more of it; nothing follows this. */
    void onFailure(Failure failure);

    /**
     * Why a text could not be completed.
     *
     * @param kind the kind of failure
     * @param id the name under which it appears in the log; empty if it is not logged
     */
    record Failure(Kind kind, String id) {
        /** Kinds of failures. */
        public enum Kind {
            /** The model could not compute, for lack of memory or because of a bug. */
            BROKEN,
            /** The engine was closed. */
            CLOSED
        }
    }
}
