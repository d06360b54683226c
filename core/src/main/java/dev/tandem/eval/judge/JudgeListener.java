package dev.tandem.eval.judge;

/** Notified of the progress of judging; called by one thread at a time. */
public interface JudgeListener {
    /** Called with a message for the user. */
    void message(String text);

    /**
     * Called when a pair was judged, or there was no money for it.
     *
     * @param dollars dollars spent in this run
     */
    void progress(int done, int pairs, double dollars);
}
