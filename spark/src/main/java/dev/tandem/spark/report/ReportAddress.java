package dev.tandem.spark.report;

import java.io.Serializable;

/**
 * Where a driver listens for its run.
 *
 * @param host as executors reach the driver
 * @param port of the listener
 * @param token what a connection must know
 */
public record ReportAddress(String host, int port, String token) implements Serializable {
    /** Without the token. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
