package dev.tandem.cli.http;

import dev.tandem.io.LocalHost;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The legitimate names of a server. A page of another site must not reach the server through a viewer's browser: a
 * request by another name that resolves to it is DNS rebinding, and one with a foreign origin comes from such a page.
 */
public final class AllowedHosts {
    private static final List<String> OWN_SITE = List.of("same-origin", "none");

    /** A name or address, and a port if there is one. */
    private static final Pattern HOST = Pattern.compile("([^:\\[\\]]+|\\[[0-9a-f:.]+])(:\\d{1,5})?");

    private final Set<String> hosts;
    private final String shown;

    private AllowedHosts(Set<String> hosts, String shown) {
        this.hosts = hosts;
        this.shown = shown;
    }

    /** The names of a server that listens on an address. */
    public static AllowedHosts of(String host, InetAddress address, int port) {
        var names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "[::1]", bracketed(host), LocalHost.name()));
        if (address.isAnyLocalAddress()) {
            names.addAll(ofThisMachine());
        }
        var shown = address.isAnyLocalAddress() ? LocalHost.name() : bracketed(host);
        return new AllowedHosts(
                names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet()),
                shown + ":" + port);
    }

    private static String bracketed(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    /** The names by which other machines can reach this one. */
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

    /** Host and port as a browser names them. */
    public String shown() {
        return shown;
    }

    /**
     * Whether a request names this server. The port does not count: a tunnel, a container or a proxy has another one.
     *
     * @param host its {@code Host} headers
     */
    public boolean named(List<String> host) {
        return host.size() == 1 && nameOf(host.get(0)).filter(this::isOurs).isPresent();
    }

    private boolean isOurs(String name) {
        return hosts.contains(name) || name.endsWith(".localhost");
    }

    /** The name in a {@code Host} header, in small letters. */
    private static Optional<String> nameOf(String header) {
        var parts = HOST.matcher(header.toLowerCase(Locale.ROOT));
        return parts.matches() ? Optional.of(parts.group(1)) : Optional.empty();
    }

    /**
     * Whether a request comes from a page of another site. A page's own requests have the address that the page was loaded
     * from as their origin and as their host.
     *
     * @param hosts its {@code Host} headers
     * @param origins its {@code Origin} headers
     * @param sites its {@code Sec-Fetch-Site} headers
     */
    public static boolean foreign(List<String> hosts, List<String> origins, List<String> sites) {
        return !origins.stream().allMatch(origin -> isOwn(origin, hosts)) || !OWN_SITE.containsAll(sites);
    }

    private static boolean isOwn(String origin, List<String> hosts) {
        return hosts.size() == 1
                && (origin.equalsIgnoreCase("http://" + hosts.get(0))
                        || origin.equalsIgnoreCase("https://" + hosts.get(0)));
    }
}
