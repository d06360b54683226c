package dev.tandem.hub;

/** Notified of the progress of downloads; called from several threads, one at a time. */
public interface HubListener {

    /** A listener that ignores everything. */
    HubListener SILENT = new HubListener() {};

    /** A line for the user who waits. */
    default void message(String text) {}

    /**
     * Called when bytes have arrived.
     *
     * @param done bytes that are present
     * @param total bytes of all requested files
     */
    default void progress(long done, long total) {}
}
