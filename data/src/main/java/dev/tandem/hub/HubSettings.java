package dev.tandem.hub;

import dev.tandem.UserException;
import dev.tandem.http.Proxies;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which hub to use, and how to connect to it.
 *
 * @param endpoint the hub
 * @param cache folder of repositories in the layout of the Hugging Face cache
 * @param token sent to the endpoint, and to no other host
 * @param offline use what is in the cache and no network
 * @param backOff pause before the first repetition of a failed request; doubles each time
 * @param stall a connection that delivers nothing for this long is given up
 * @param proxies how to reach hosts
 */
public record HubSettings(
        URI endpoint,
        Path cache,
        Optional<String> token,
        boolean offline,
        Duration backOff,
        Duration stall,
        Proxies proxies) {
    private static final Set<String> TRUE = Set.of("1", "true", "yes", "on");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /**
     * Reads the variables of the Hugging Face tools: {@code HF_ENDPOINT}, {@code HF_HUB_CACHE}, {@code HF_HOME}, {@code
     * HF_TOKEN}, {@code HF_HUB_OFFLINE}, {@code https_proxy}, {@code http_proxy}, {@code no_proxy}.
     *
     * @throws UserException if one of them is invalid
     */
    public static HubSettings of(Map<String, String> environment) {
        var endpoint = endpoint(value(environment, "HF_ENDPOINT").orElse("https://huggingface.co"));
        var token = value(environment, "HF_TOKEN");
        if (token.isPresent() && endpoint.getScheme().equals("http") && !LOOPBACK.contains(endpoint.getHost())) {
            throw new UserException("HF_ENDPOINT is " + endpoint + ", to which HF_TOKEN would be sent unencrypted."
                    + " Use https://, or unset HF_TOKEN.");
        }
        if (token.isPresent() && token.get().chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new UserException("HF_TOKEN holds blanks or other characters that no token has. Copy it again.");
        }
        return new HubSettings(
                endpoint,
                cache(environment),
                token,
                value(environment, "HF_HUB_OFFLINE")
                        .filter(v -> TRUE.contains(v.toLowerCase(java.util.Locale.ROOT)))
                        .isPresent(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(60),
                Proxies.of(environment));
    }

    private static URI endpoint(String text) {
        try {
            var uri = URI.create(text.replaceFirst("/+$", ""));
            if (uri.getHost() != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw new UserException("HF_ENDPOINT is '" + text + "', but https://host is expected.", e);
        }
        throw new UserException("HF_ENDPOINT is '" + text + "', but https://host is expected.");
    }

    private static Path cache(Map<String, String> environment) {
        return value(environment, "HF_HUB_CACHE")
                .map(Path::of)
                .or(() -> value(environment, "HF_HOME").map(home -> Path.of(home, "hub")))
                .or(() -> value(environment, "XDG_CACHE_HOME").map(home -> Path.of(home, "huggingface", "hub")))
                .orElseGet(() -> Path.of(System.getProperty("user.home", "."), ".cache", "huggingface", "hub"))
                .toAbsolutePath()
                .normalize();
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(v -> !v.isEmpty());
    }

    /** Leaves out the token, which must not appear in messages or logs. */
    @Override
    public String toString() {
        return "HubSettings[" + endpoint + ", " + cache + (offline ? ", offline" : "") + "]";
    }
}
