package dev.tandem.cli.serve;

/**
 * What a client may ask of the server before it is turned away.
 *
 * @param body most bytes of a request's body
 * @param connections most at a time; more are closed at once
 * @param requestMillis a request may take so long from its first byte to its last
 * @param idleMillis a connection may rest so long between requests
 * @param writeMillis a client may take so long to read what it is sent
 */
public record ApiLimits(int body, int connections, long requestMillis, long idleMillis, long writeMillis) {
    /** Those of {@code tandem serve}. */
    public static final ApiLimits USUAL = new ApiLimits(4 << 20, 1024, 30_000, 75_000, 30_000);
}
