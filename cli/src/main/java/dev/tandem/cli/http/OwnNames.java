package dev.tandem.cli.http;

import dev.tandem.LocalHost;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * By what names a server can rightly be called. A page of another site must not use the browser of one who looks at it to
 * reach the server: a request by another name that leads here is DNS rebinding, one with a foreign origin comes from such a
 * page.
 */
public final class OwnNames {
    private static final List<String> OWN_SITE = List.of("same-origin", "none");

    private final Set<String> hosts;
    private final String shown;

    private OwnNames(Set<String> hosts, String shown) {
        this.hosts = hosts;
        this.shown = shown;
    }

    /** Of a server that listens on an address. */
    public static OwnNames of(String host, InetAddress address, int port) {
        var names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "[::1]", bracketed(host)));
        if (address.isAnyLocalAddress()) {
            names.addAll(ofThisMachine());
        }
        var shown = address.isAnyLocalAddress() ? LocalHost.name() : bracketed(host);
        return new OwnNames(
                names.stream()
                        .map(name -> name.toLowerCase(Locale.ROOT) + ":" + port)
                        .collect(Collectors.toUnmodifiableSet()),
                shown + ":" + port);
    }

    private static String bracketed(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    /** By what this machine can be reached from others. */
    private static List<String> ofThisMachine() {
        try {
            return Stream.concat(
                            Stream.of(LocalHost.name()),
                            NetworkInterface.networkInterfaces()
                                    .flatMap(NetworkInterface::inetAddresses)
                                    .map(a -> bracketed(a.getHostAddress().replaceFirst("%.*", ""))))
                    .toList();
        } catch (SocketException e) {
            return List.of(LocalHost.name());
        }
    }

    /** Host and port as a browser would name them. */
    public String shown() {
        return shown;
    }

    /** Whether a request names this server. @param host its {@code Host} headers */
    public boolean named(List<String> host) {
        return host.size() == 1 && hosts.contains(host.get(0).toLowerCase(Locale.ROOT));
    }

    /**
     * Whether a request comes from a page of another site.
     *
     * @param origins its {@code Origin} headers
     * @param sites its {@code Sec-Fetch-Site} headers
     */
    public boolean foreign(List<String> origins, List<String> sites) {
        return !origins.stream().allMatch(this::isOwn) || !OWN_SITE.containsAll(sites);
    }

    private boolean isOwn(String origin) {
        var lower = origin.toLowerCase(Locale.ROOT);
        return lower.startsWith("http://") && hosts.contains(lower.substring("http://".length()));
    }
}
