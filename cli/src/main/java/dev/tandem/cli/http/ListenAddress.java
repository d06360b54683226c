package dev.tandem.cli.http;

import dev.tandem.UserException;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The address on which a server listens, and the errors if it cannot. */
public final class ListenAddress {
    private static final int LAST_PORT = 65_535;

    private ListenAddress() {}

    /** The address of a host. @throws UserException if there is no such host */
    public static InetAddress address(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new UserException(
                    "There is no host " + host + ". Give an address of this machine, such as 127.0.0.1 or 0.0.0.0.", e);
        }
    }

    /**
     * A port, from 0 (any that is free) to 65535.
     *
     * @throws UserException if it is none
     */
    public static int port(int port) {
        if (port < 0 || port > LAST_PORT) {
            throw new UserException("--port is " + port + ", but must be from 0 to " + LAST_PORT + ".");
        }
        return port;
    }

    /** The error for a port that cannot be opened. */
    public static UserException refused(String host, int port, Throwable cause) {
        return new UserException(
                "Cannot listen on " + host + ", port " + port + ": " + cause.getMessage()
                        + ". Choose another with --port; 0 takes any that is free.",
                cause);
    }
}
