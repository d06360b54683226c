package dev.tandem.cli.board;

import com.sun.net.httpserver.HttpExchange;
import dev.tandem.cli.http.AccessToken;
import dev.tandem.cli.http.AllowedHosts;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests are answered. A page of another site must not read the board through a viewer's browser: a
 * request must name this server by one of its own names (another name that resolves to it is DNS rebinding) and must
 * not come from a foreign page. Where users of other machines can connect, it must also present the token.
 */
final class BoardAccess {
    private final AllowedHosts names;
    private final Optional<String> token;
    private final String cookieName;

    private BoardAccess(AllowedHosts names, Optional<String> token, int port) {
        this.names = names;
        this.token = token;
        this.cookieName = "tandem_board_" + port; // browsers do not separate cookies by port
    }

    /** The decision on a request. */
    enum Verdict {
        WELCOME,
        WRONG_HOST,
        FOREIGN_PAGE,
        WRONG_METHOD,
        NO_TOKEN
    }

    /** A gate for a server. */
    static BoardAccess of(String host, InetAddress address, int port, Optional<String> token) {
        return new BoardAccess(AllowedHosts.of(host, address, port), token, port);
    }

    /** Host and port as a browser names them. */
    String shownHost() {
        return names.shown();
    }

    /** @param query the parameters by name */
    Verdict judge(HttpExchange exchange, Query query) {
        var headers = exchange.getRequestHeaders();
        if (!names.named(headers.getOrDefault("Host", List.of()))) {
            return Verdict.WRONG_HOST;
        }
        if (AllowedHosts.foreign(
                headers.getOrDefault("Host", List.of()),
                headers.getOrDefault("Origin", List.of()),
                headers.getOrDefault("Sec-Fetch-Site", List.of()))) {
            return Verdict.FOREIGN_PAGE;
        }
        if (!List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
            return Verdict.WRONG_METHOD;
        }
        return token.isEmpty() || isToken(query.get("token")) || isToken(cookie(headers.getFirst("Cookie")))
                ? Verdict.WELCOME
                : Verdict.NO_TOKEN;
    }

    /** The cookie for a browser that presented the token in the address, from which it is then removed. */
    Optional<String> cookieFor(Query query) {
        return token.filter(t -> isToken(query.get("token")))
                .map(t -> cookieName + "=" + t + "; Path=/; HttpOnly; SameSite=Strict");
    }

    private Optional<String> cookie(@Nullable String header) {
        return Optional.ofNullable(header)
                .flatMap(text -> Stream.of(text.split(";"))
                        .map(String::strip)
                        .filter(pair -> pair.startsWith(cookieName + "="))
                        .map(pair -> pair.substring(cookieName.length() + 1))
                        .findFirst());
    }

    private boolean isToken(Optional<String> given) {
        return given.isPresent() && token.isPresent() && new AccessToken(token.get()).is(given.get());
    }
}
