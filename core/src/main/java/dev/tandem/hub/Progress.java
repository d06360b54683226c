package dev.tandem.hub;

import java.util.HashMap;
import java.util.Map;

/** Counts the bytes of all files that are present; files are downloaded in parallel. */
final class Progress {
    private final HubListener listener;
    private final Map<String, Long> done = new HashMap<>();
    private long total;

    Progress(HubListener listener) {
        this.listener = listener;
    }

    synchronized void expect(long bytes) {
        total += bytes;
    }

    /** Sets the number of a file's bytes that are present; less than before when the download restarts. */
    synchronized void at(String file, long bytes) {
        done.put(file, bytes);
        listener.progress(done.values().stream().mapToLong(Long::longValue).sum(), total);
    }

    synchronized void message(String text) {
        listener.message(text);
    }
}
