package dev.tandem.hub;

import java.util.HashMap;
import java.util.Map;

/** How many bytes of all files are there; files come side by side. */
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

    /** Bytes of a file that are there; less than before when it begins anew. */
    synchronized void at(String file, long bytes) {
        done.put(file, bytes);
        listener.progress(done.values().stream().mapToLong(Long::longValue).sum(), total);
    }

    synchronized void message(String text) {
        listener.message(text);
    }
}
