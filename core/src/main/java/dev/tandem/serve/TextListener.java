package dev.tandem.serve;

import dev.tandem.eval.Answer;

/** Hears one text. Must return at once: everybody's texts wait for it. After it is cancelled it hears no more. */
public interface TextListener {
    /** More of the text, whole characters. */
    void onText(String piece);

    /** The whole text; nothing comes after it. */
    void onEnd(Answer answer);

    /** There is no text, or no more of it; nothing comes after this. */
    void onFailure(Failure failure);

    /**
     * Why a text broke off.
     *
     * @param kind whether it is anybody's fault
     * @param id by which the log names it; empty if it is in no log
     */
    record Failure(Kind kind, String id) {
        /** Kinds of failures. */
        public enum Kind {
            /** The model could not compute, for want of memory or by a fault of ours. */
            BROKEN,
            /** The engine was closed. */
            CLOSED
        }
    }
}
