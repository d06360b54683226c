package dev.tandem.http;

import dev.tandem.UserException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Proxies as environment variables name them. Where they name none, the JVM's properties {@code https.proxyHost},
 * {@code https.proxyPort} and {@code http.nonProxyHosts} apply.
 */
public final class Proxies extends ProxySelector {
    private final Map<String, InetSocketAddress> byScheme;
    private final List<String> direct;

    private Proxies(Map<String, InetSocketAddress> byScheme, List<String> direct) {
        this.byScheme = byScheme;
        this.direct = direct;
    }

    /**
     * Reads {@code https_proxy}, {@code http_proxy}, {@code all_proxy} and {@code no_proxy}, small or capital.
     *
     * @throws UserException if one of them is not the address of a proxy
     */
    public static Proxies of(Map<String, String> environment) {
        var byScheme = new java.util.HashMap<String, InetSocketAddress>();
        for (var scheme : List.of("https", "http")) {
            value(environment, scheme + "_proxy")
                    .or(() -> value(environment, "all_proxy"))
                    .ifPresent(text -> byScheme.put(scheme, address(text)));
        }
        var direct = Arrays.stream(value(environment, "no_proxy").orElse("").split(","))
                .map(host -> host.strip().toLowerCase(Locale.ROOT))
                .filter(host -> !host.isEmpty())
                .toList();
        return new Proxies(byScheme, direct);
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
                .or(() -> Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT))))
                .map(String::strip)
                .filter(v -> !v.isEmpty());
    }

    private static InetSocketAddress address(String text) {
        try {
            var uri = URI.create(text.contains("://") ? text : "http://" + text);
            if (uri.getUserInfo() != null) {
                throw new UserException("The proxy in the environment wants a name and a password, which is not"
                        + " supported. Name a proxy without, or fetch the files with another tool.");
            }
            if (uri.getHost() != null && "http".equals(uri.getScheme())) {
                // the client resolves it when it connects
                return InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort());
            }
        } catch (IllegalArgumentException e) {
            throw new UserException("The proxy '" + text + "' is not an address; http://host:port is expected.", e);
        }
        throw new UserException("The proxy '" + text + "' is not supported; http://host:port is expected.");
    }

    @Override
    public List<Proxy> select(URI uri) {
        var proxy = Optional.ofNullable(byScheme.get(uri.getScheme()));
        if (proxy.isEmpty()) {
            return byScheme.isEmpty() ? ProxySelector.getDefault().select(uri) : List.of(Proxy.NO_PROXY);
        }
        var host = uri.getHost().toLowerCase(Locale.ROOT);
        return direct.stream().anyMatch(d -> covers(d, host))
                ? List.of(Proxy.NO_PROXY)
                : List.of(new Proxy(Proxy.Type.HTTP, proxy.get()));
    }

    private static boolean covers(String pattern, String host) {
        var name = pattern.replaceFirst("^\\*?\\.", "");
        return pattern.equals("*") || host.equals(name) || host.endsWith("." + name);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // the request itself fails and is repeated
    }
}
