package dev.tandem.cli.serve.wire;

/**
 * The limits of a client's requests and connections.
 *
 * @param body most bytes of a request's body
 * @param connections most connections at a time; further ones are closed immediately
 * @param requestMillis most time of a request from its first byte to its last
 * @param idleMillis most idle time of a connection between requests
 * @param writeMillis most time for a client to read what it is sent
 */
public record ApiLimits(int body, int connections, long requestMillis, long idleMillis, long writeMillis) {
    /** The limits of {@code tandem serve}. */
    public static final ApiLimits USUAL = new ApiLimits(4 << 20, 1024, 30_000, 75_000, 30_000);
}
