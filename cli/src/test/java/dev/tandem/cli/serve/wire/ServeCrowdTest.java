package dev.tandem.cli.serve.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many clients, long texts and slow connections: none of them keeps the server from the others. */
@Timeout(120)
class ServeCrowdTest {
    private static final Path MODEL = Path.of("..", "testdata", "cases", "common", "chatml");
    private static final String GOOD = "{\"model\": \"tiny\", \"prompt\": \"Hi\", \"max_tokens\": 2}";
    private static final String KEY = "0123456789abcdef";

    private static TestServer start(ApiLimits limits, Optional<String> key) {
        return TestServer.start(
                () -> TestServer.open(MODEL), TestServer.BOUNDS, TestServer.settings(Optional.empty(), key), limits);
    }

    private static void isTooLong(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(TestServer.json(response).at("/error/code").asString()).isEqualTo("context_length_exceeded");
    }

    @Test
    void textsLongerThanTheModelAreRefusedWhileOthersAreAnswered() {
        var text = "word ".repeat(760_000);
        try (var server = start(ApiLimits.USUAL, Optional.empty())) {
            var asked = new ArrayList<CompletableFuture<HttpResponse<String>>>();
            for (var i = 0; i < 2; i++) {
                asked.add(CompletableFuture.supplyAsync(() -> server.post(
                        "/v1/completions", "{\"model\": \"tiny\", \"max_tokens\": 1, \"prompt\": \"" + text + "\"}")));
                asked.add(CompletableFuture.supplyAsync(() -> server.post(
                        "/v1/chat/completions",
                        "{\"model\": \"tiny\", \"messages\": [{\"role\": \"user\", \"content\": \"" + text + "\"}]}")));
            }
            assertThat(server.post("/v1/completions", GOOD).statusCode()).isEqualTo(200);
            asked.forEach(answer -> isTooLong(answer.join()));
        }
    }

    @Test
    void aConversationOfManyShortMessagesIsRefusedToo() {
        var turn = "{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}, ";
        try (var server = start(ApiLimits.USUAL, Optional.empty())) {
            isTooLong(server.post(
                    "/v1/chat/completions",
                    "{\"model\": \"tiny\", \"messages\": [" + turn.repeat(20_000)
                            + "{\"role\": \"user\", \"content\": \"c\"}]}"));
        }
    }

    @Test
    void theKeyIsCheckedBeforeTheBody() throws Exception {
        try (var server = start(ApiLimits.USUAL, Optional.of(KEY))) {
            for (var head : List.of(
                    server.head("/v1/completions", 4 << 20),
                    server.head("/v1/completions", 1).replace("Content-Length: 1", "Transfer-Encoding: chunked"))) {
                try (var socket = new Socket("127.0.0.1", server.port())) {
                    socket.setSoTimeout(20_000);
                    socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
                    assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                            .startsWith("HTTP/1.1 401")
                            .contains("invalid_api_key");
                }
            }
        }
    }

    @Test
    void slowConnectionsMakeRoomForOthers() throws Exception {
        var limits = new ApiLimits(1 << 20, 16 << 20, 8, 30_000, 30_000, 30_000);
        var slow = new ArrayList<Socket>();
        try (var server = start(limits, Optional.empty())) {
            for (var i = 0; i < 20; i++) {
                var socket = new Socket("127.0.0.1", server.port());
                socket.getOutputStream()
                        .write((server.head("/v1/completions", 100) + "{").getBytes(StandardCharsets.UTF_8));
                slow.add(socket);
                assertThat(server.ask("GET /health", "", "")).startsWith("HTTP/1.1 200");
            }
            slow.get(0).setSoTimeout(20_000);
            assertThat(slow.get(0).getInputStream().read()).isEqualTo(-1);
        } finally {
            for (var socket : slow) {
                socket.close();
            }
        }
    }
}
