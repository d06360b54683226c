package dev.tandem.eval.judge;

import dev.tandem.UserException;
import dev.tandem.http.Proxies;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The address of a model behind OpenAI's API, and how to connect to it.
 *
 * @param base base address of the API, as in {@code https://api.openai.com/v1}, without a trailing slash
 * @param key sent with each request, and never shown
 * @param timeout of one request, from its first to its last byte
 * @param attempts number of times that one request may fail in a row, for transient reasons
 * @param backOff pause before the second attempt; doubles each time
 * @param proxies how to reach the host
 */
public record ChatEndpoint(
        URI base, Optional<String> key, Duration timeout, int attempts, Duration backOff, Proxies proxies) {
    /** OpenAI's own. */
    public static final String OPENAI = "https://api.openai.com/v1";

    private static final String OPENAI_KEY = "OPENAI_API_KEY";
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final int ATTEMPTS = 7;
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    /**
     * Creates an endpoint with default timeouts and attempts.
     *
     * @throws UserException if the address is invalid, or the key has characters that no key has, or would be sent
     *     unencrypted
     */
    public static ChatEndpoint of(String address, Optional<String> key, Proxies proxies) {
        var base = base(address);
        if (key.isPresent() && key.get().chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new UserException("The judge's key holds blanks or other characters that no key has. Copy it again.");
        }
        if (key.isPresent() && base.getScheme().equals("http") && !LOOPBACK.contains(base.getHost())) {
            throw new UserException("The judge is at " + base
                    + ", where its key would be sent unencrypted. Use https://, or no key.");
        }
        return new ChatEndpoint(base, key, TIMEOUT, ATTEMPTS, Duration.ofSeconds(1), proxies);
    }

    /**
     * Creates an endpoint whose key is in the environment.
     *
     * @param address address of the API; absent: OpenAI's
     * @param keyVariable variable with the key; absent: OpenAI's usual variable for OpenAI, and no key for other
     *     addresses, because a key is sent to another address only on request
     * @throws UserException if the address is invalid, or the variable is not set or holds no key
     */
    public static ChatEndpoint of(
            Optional<String> address, Optional<String> keyVariable, Map<String, String> environment) {
        var url = address.orElse(OPENAI);
        var variable = keyVariable.or(() -> url.equals(OPENAI) ? Optional.of(OPENAI_KEY) : Optional.empty());
        var key = variable.map(name -> Optional.ofNullable(environment.get(name))
                .map(String::strip)
                .filter(k -> !k.isEmpty())
                .orElseThrow(() -> new UserException("The environment variable " + name + " is not set; the judge's key"
                        + " is expected there. Name another with --judge-key-env.")));
        return of(url, key, Proxies.of(environment));
    }

    private static URI base(String address) {
        try {
            var uri = URI.create(address.strip().replaceFirst("(/chat/completions)?/*$", ""));
            var web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // reported below without the address, which somebody may have put a key into
            throw wrong();
        }
        throw wrong();
    }

    private static UserException wrong() {
        return new UserException("The judge's address cannot be used; http(s)://host[:port]/v1 is expected,"
                + " without a name or a password in it.");
    }

    /** The address for chat completions. */
    URI completions() {
        return URI.create(base + "/chat/completions");
    }

    /** The text without the key. */
    String redacted(String text) {
        return key.map(k -> text.replace(k, "…")).orElse(text);
    }

    /** Leaves out the key, which must not appear in messages or logs. */
    @Override
    public String toString() {
        return "ChatEndpoint[" + base + "]";
    }
}
