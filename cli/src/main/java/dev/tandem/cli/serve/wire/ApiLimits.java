package dev.tandem.cli.serve.wire;

/**
 * The limits of a client's requests and connections.
 *
 * @param body most bytes of a request's body
 * @param bodies most bytes of all bodies that are being received or read at a time
 * @param connections most connections at a time; a further one takes the place of the one that has waited longest for a
 *     request
 * @param requestMillis most time of a request from its first byte to its last
 * @param idleMillis most idle time of a connection between requests
 * @param writeMillis most time for a client to read what it is sent
 */
public record ApiLimits(int body, long bodies, int connections, long requestMillis, long idleMillis, long writeMillis) {
    private static final int BODY = 4 << 20;

    /** The limits of {@code tandem serve}. */
    public static final ApiLimits USUAL = new ApiLimits(
            BODY, Math.max(2 * BODY, Runtime.getRuntime().maxMemory() / 16), 1024, 30_000, 75_000, 30_000);
}
