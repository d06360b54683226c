package dev.tandem.hub;

/** Told what happens while files come; from several threads, one at a time. */
public interface HubListener {

    /** Says nothing. */
    HubListener SILENT = new HubListener() {};

    /** A line for whoever waits. */
    default void message(String text) {}

    /**
     * Bytes have come.
     *
     * @param done bytes that are there
     * @param total bytes of all files that are wanted
     */
    default void progress(long done, long total) {}
}
