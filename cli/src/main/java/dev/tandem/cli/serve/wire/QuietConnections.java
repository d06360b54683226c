package dev.tandem.cli.serve.wire;

import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The connections of a server that wait for a request, or for the rest of one. If there are too many connections, the one
 * that has waited longest makes room. Safe for use by several threads.
 */
public final class QuietConnections {
    private final Set<Channel> waiting = new LinkedHashSet<>();

    /** A connection begins to wait. */
    synchronized void add(Channel channel) {
        waiting.remove(channel);
        waiting.add(channel);
    }

    /** A connection has sent its request, or is closed. */
    synchronized void remove(Channel channel) {
        waiting.remove(channel);
    }

    /** Closes the connection that has waited longest. @return whether there was one */
    public boolean closeOldest() {
        Channel oldest;
        synchronized (this) {
            var all = waiting.iterator();
            if (!all.hasNext()) {
                return false;
            }
            oldest = all.next();
            all.remove();
        }
        oldest.close();
        return true;
    }
}
