package dev.tandem.spark.report;

import java.io.Serializable;

/**
 * The address on which a driver listens for its run.
 *
 * @param host as executors reach the driver
 * @param port of the listener
 * @param token the secret that a connection must present
 */
public record ReportAddress(String host, int port, String token) implements Serializable {
    /** The address without the token. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
