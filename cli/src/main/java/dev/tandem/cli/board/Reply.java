package dev.tandem.cli.board;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;

/** Sends answers with the security headers that restrict browsers. */
final class Reply {
    static final String JSON = "application/json";
    static final String TEXT = "text/plain; charset=utf-8";
    /** Allows only what the board itself serves: no foreign or inline scripts, no frames, no forms. */
    private static final String PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    /**
     * A report is one file whose scripts and styles are inline. Hashes of them would be taken from the file itself, so
     * they would allow anything in it. Instead it is isolated: its sandbox gives it an origin of its own, which the
     * board refuses, and it can fetch nothing.
     */
    private static final String REPORT_POLICY = "sandbox allow-scripts allow-downloads; default-src 'none';"
            + " script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:;"
            + " frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private final HttpExchange exchange;

    Reply(HttpExchange exchange) {
        this.exchange = exchange;
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Security-Policy", PAGE_POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cache-Control", "no-store");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
    }

    /** Applies the policy of a report. */
    Reply asReport() {
        return header("Content-Security-Policy", REPORT_POLICY);
    }

    /** Sets a header. */
    Reply header(String name, String value) {
        exchange.getResponseHeaders().set(name, value);
        return this;
    }

    /** Sends everything and ends the exchange. */
    void send(int status, String type, byte[] body) throws IOException {
        try (exchange) {
            header("Content-Type", type);
            var head = exchange.getRequestMethod().equals("HEAD");
            if (head) {
                header("Content-Length", String.valueOf(body.length));
            }
            exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
            if (!head && body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    /** Sends a sentence as text. */
    void say(int status, String sentence) throws IOException {
        send(status, TEXT, (sentence + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a value as JSON. */
    void json(Object value) throws IOException {
        send(200, JSON, JsonMapper.shared().writeValueAsBytes(value));
    }
}
