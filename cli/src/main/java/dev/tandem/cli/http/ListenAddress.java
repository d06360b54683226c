package dev.tandem.cli.http;

import dev.tandem.UserException;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The address on which a server listens, and the errors if it cannot. */
public final class ListenAddress {
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

    /** The error for a port that cannot be opened. */
    public static UserException refused(String host, int port, Throwable cause) {
        return new UserException(
                "Cannot listen on " + host + ", port " + port + ": " + cause.getMessage()
                        + ". Choose another with --port; 0 takes any that is free.",
                cause);
    }
}
