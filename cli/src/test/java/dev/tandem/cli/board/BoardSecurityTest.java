package dev.tandem.cli.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The board's answers to permitted and forbidden clients, byte by byte over real sockets. */
class BoardSecurityTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    private Path root;
    private Board board;
    private int port;

    @BeforeEach
    void open() throws IOException {
        root = folder.resolve("runs");
        new RunFolder(root.resolve("a"))
                .recipe("{name: mix, lambda: 0.5}")
                .completed()
                .steps(5);
        Files.writeString(root.resolve("report.html"), "<script>1</script>");
        Files.writeString(folder.resolve("secret.txt"), "secret");
        board = Board.open(new Board.Settings(root, "127.0.0.1", 0, Optional.empty()));
        port = URI.create(board.url()).getPort();
    }

    @AfterEach
    void close() {
        board.close();
    }

    private String raw(int toPort, String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", toPort)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String ask(String line, String... headers) throws IOException {
        return raw(
                port,
                line + " HTTP/1.1\r\nConnection: close\r\n"
                        + List.of(headers).stream().map(h -> h + "\r\n").reduce("", String::concat) + "\r\n");
    }

    private String host() {
        return "Host: 127.0.0.1:" + port;
    }

    private String get(String path, String... more) throws IOException {
        var headers = new ArrayList<>(List.of(host()));
        headers.addAll(List.of(more));
        return ask("GET " + path, headers.toArray(String[]::new));
    }

    private static int status(String reply) {
        return Integer.parseInt(reply.split(" ")[1]);
    }

    private static JsonNode json(String reply) {
        return JsonMapper.shared().readTree(reply.substring(reply.indexOf("\r\n\r\n") + 4));
    }

    private JsonNode runs() throws Exception {
        for (var i = 0; i < 200; i++) {
            var list = json(get("/api/runs"));
            if (list.get("runs").size() > 0 && list.get("runs").get(0).has("step")) {
                return list;
            }
            Thread.sleep(25);
        }
        throw new AssertionError("no run was found");
    }

    @Test
    void answersItsOwnPageWithCarefulHeaders() throws Exception {
        for (var name : List.of("127.0.0.1", "localhost", "LOCALHOST", "[::1]")) {
            assertThat(status(ask("GET /", "Host: " + name + ":" + port))).isEqualTo(200);
        }
        assertThat(get("/"))
                .contains("Content-type: text/html; charset=utf-8")
                .containsIgnoringCase(
                        "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';")
                .contains("frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
                .containsIgnoringCase("X-Content-Type-Options: nosniff")
                .containsIgnoringCase("Referrer-Policy: no-referrer")
                .containsIgnoringCase("Cache-Control: no-store");
        assertThat(get("/", "Origin: http://127.0.0.1:" + port, "Sec-Fetch-Site: same-origin"))
                .startsWith("HTTP/1.1 200");
        for (var asset : List.of(
                "board.css",
                "board.js",
                "charts.js",
                "chart.js",
                "dom.js",
                "feed.js",
                "list.js",
                "run.js",
                "theme.js")) {
            assertThat(status(get("/assets/" + asset))).as(asset).isEqualTo(200);
        }
        var head = ask("HEAD /", host());
        assertThat(status(head)).isEqualTo(200);
        assertThat(head).endsWith("\r\n\r\n");
        var list = runs();
        assertThat(list.get("runs").get(0).get("name").stringValue()).isEqualTo("a");
        var id = list.get("runs").get(0).get("id").stringValue();
        assertThat(json(get("/api/run?id=" + id)).get("curves").has("eval/sft")).isTrue();
        assertThat(list.get("reports")).hasSize(1);
        var report = get("/report?id=" + list.get("reports").get(0).get("id").stringValue());
        assertThat(report)
                .contains("<script>1</script>")
                .contains("sandbox allow-scripts")
                .doesNotContain("script-src 'self'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:PORT",
                "127.0.0.1:x",
                "localhost.evil.example:PORT",
                "",
                "192.168.0.1:PORT"
            })
    void anotherNameIsRefused(String host) throws IOException {
        for (var path : List.of("/", "/api/runs", "/api/events", "/assets/board.js")) {
            assertThat(status(ask("GET " + path, "Host: " + host.replace("PORT", "" + port))))
                    .isEqualTo(403);
        }
    }

    @Test
    void itsOwnNameIsKnownWithAnyPort() throws IOException {
        for (var host : List.of("127.0.0.1", "127.0.0.1:1", "localhost:9000", "[::1]:9000", "board.localhost")) {
            assertThat(status(ask("GET /", "Host: " + host))).as(host).isEqualTo(200);
            assertThat(status(ask("GET /", "Host: " + host, "Origin: http://" + host)))
                    .as(host)
                    .isEqualTo(200);
            assertThat(status(ask("GET /", "Host: " + host, "Origin: http://localhost:3000")))
                    .as(host)
                    .isEqualTo(403);
        }
    }

    @Test
    void noNameAndTwoNamesAreRefused() throws IOException {
        assertThat(status(ask("GET /"))).isIn(400, 403);
        assertThat(status(ask("GET /", host(), "Host: evil.example"))).isIn(400, 403);
        assertThat(status(ask("GET http://evil.example/", "Host: evil.example")))
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://evil.example",
                "Origin: null",
                "Origin: https://localhost:PORT",
                "Origin: http://localhost:1",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site"
            })
    void otherPagesAreRefused(String header) throws IOException {
        assertThat(status(get("/api/runs", header.replace("PORT", "" + port)))).isEqualTo(403);
        assertThat(status(get("/api/events", header.replace("PORT", "" + port))))
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "BREW"})
    void onlyReadingIsAllowed(String method) throws IOException {
        var reply = ask(method + " /api/runs", host(), "Content-Length: 0");
        assertThat(status(reply)).isEqualTo(405);
        assertThat(reply).contains("Allow: GET, HEAD");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../secret.txt",
                "/assets/../../secret.txt",
                "/assets/%2e%2e/%2e%2e/secret.txt",
                "/assets/",
                "/assets/board.html",
                "/runs/a/recipe.yaml",
                "/api/run",
                "/api/run?id=",
                "/api/run?id=a",
                "/api/run?id=../secret.txt",
                "/api/run?id=%2e%2e%2fsecret.txt",
                "/api/run?id=/etc/passwd",
                "/report?id=..",
                "/report?id=.",
                "/report?id=%00",
                "/metrics.jsonl"
            })
    void noPathLeadsOut(String path) throws IOException {
        var reply = get(path);
        assertThat(status(reply)).isEqualTo(404);
        assertThat(reply).doesNotContain("secret");
    }

    @Test
    void longOrBrokenQueriesAreRefused() throws IOException {
        assertThat(status(get("/api/run?id=" + "a".repeat(3000)))).isEqualTo(414);
        assertThat(status(get("/api/run?" + "a&".repeat(40)))).isEqualTo(414);
        assertThat(status(get("/api/run?id=%zz"))).isIn(400, 414);
    }

    @Test
    void whereOthersCanConnectATokenIsNeeded() throws IOException {
        try (var open = Board.open(new Board.Settings(root, "0.0.0.0", 0, Optional.of(TOKEN)))) {
            var to = URI.create(open.url()).getPort();
            assertThat(open.url()).endsWith("/?token=" + TOKEN);
            var rest = " HTTP/1.1\r\nConnection: close\r\nHost: localhost:" + to + "\r\n";
            assertThat(status(raw(to, "GET /" + rest + "\r\n"))).isEqualTo(401);
            assertThat(status(raw(to, "GET /api/runs?token=" + TOKEN.replace('0', '1') + rest + "\r\n")))
                    .isEqualTo(401);
            var welcome = raw(to, "GET /?token=" + TOKEN + rest + "\r\n");
            assertThat(status(welcome)).isEqualTo(303);
            assertThat(welcome)
                    .contains("Location: /\r\n")
                    .containsIgnoringCase(
                            "Set-Cookie: tandem_board_" + to + "=" + TOKEN + "; Path=/; HttpOnly; SameSite=Strict");
            var cookie = "Cookie: other=1; tandem_board_" + to + "=";
            assertThat(status(raw(to, "GET /api/runs" + rest + cookie + TOKEN + "\r\n\r\n")))
                    .isEqualTo(200);
            assertThat(status(raw(to, "GET /api/runs" + rest + cookie + TOKEN + "x\r\n\r\n")))
                    .isEqualTo(401);
            assertThat(status(raw(to, "POST /api/runs" + rest + "\r\n"))).isEqualTo(405);
        }
        try (var open = Board.open(new Board.Settings(root, "0.0.0.0", 0, Optional.empty()))) {
            assertThat(open.url()).matches(".*\\?token=[0-9a-f]{32}");
        }
    }

    @Test
    void tooManyListenersAreTurnedAway() throws IOException {
        var sockets = new ArrayList<Socket>();
        try {
            for (var i = 0; i < EventFeed.MAX_CLIENTS; i++) {
                sockets.add(listen());
            }
            assertThat(status(get("/api/events"))).isEqualTo(503);
            assertThat(status(get("/"))).as("others are still served").isEqualTo(200);
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
    }

    private Socket listen() throws IOException {
        var socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(10_000);
        socket.getOutputStream()
                .write(("GET /api/events HTTP/1.1\r\n" + host() + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8))
                .isEqualTo("HTTP/1.1 200");
        return socket;
    }

    @Test
    void mistakesAreSaidInASentence() {
        assertThatThrownBy(
                        () -> Board.open(new Board.Settings(folder.resolve("none"), "127.0.0.1", 0, Optional.empty())))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("There is no folder");
        assertThatThrownBy(() -> Board.open(new Board.Settings(root, "127.0.0.1", port, Optional.empty())))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("--port");
        assertThatThrownBy(() -> Board.open(new Board.Settings(root, "no.such.host.invalid", 0, Optional.empty())))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("There is no host");
    }
}
