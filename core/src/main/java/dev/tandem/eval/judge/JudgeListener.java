package dev.tandem.eval.judge;

/** Told how judging goes; by one thread at a time. */
public interface JudgeListener {
    /** Something that a person should know. */
    void message(String text);

    /**
     * A pair was judged, or there was no money for it.
     *
     * @param dollars spent in this run
     */
    void progress(int done, int pairs, double dollars);
}
