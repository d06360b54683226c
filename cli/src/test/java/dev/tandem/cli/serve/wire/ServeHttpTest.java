package dev.tandem.cli.serve.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.cli.TinyModel;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The server's answers to wrong requests, byte by byte. */
@Timeout(60)
class ServeHttpTest {
    private static final String GOOD = "{'model': 'tiny', 'prompt': 'the hill', 'max_tokens': 5}".replace('\'', '"');

    @TempDir
    static Path folder;

    private static TestServer server;

    @BeforeAll
    static void start() {
        var model = TinyModel.write(folder.resolve("model"), Optional.empty());
        server = TestServer.start(model);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** After any request, the next one is served. */
    @AfterEach
    void stillServes() throws InterruptedException {
        assertThat(server.post("/v1/completions", GOOD).statusCode()).isEqualTo(200);
        server.awaitIdle();
    }

    private static HttpResponse<String> completion(String more) {
        return server.post(
                "/v1/completions",
                ("{'model': 'tiny', " + more + (more.contains("'max_tokens'") ? "}" : ", 'max_tokens': 5}"))
                        .replace('\'', '"'));
    }

    private static HttpResponse<String> chat(String more) {
        return server.post("/v1/chat/completions", ("{'model': 'tiny', " + more + "}").replace('\'', '"'));
    }

    private static void isError(int status, HttpResponse<String> response, String part) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        var error = TestServer.json(response).path("error");
        assertThat(error.propertyNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
        assertThat(error.path("message").asString())
                .contains(part)
                .doesNotContain("Exception")
                .doesNotContain("jackson")
                .doesNotContain("Json");
    }

    @Test
    void answersAreShapedAsDocumented() {
        var response = completion("'prompt': ['the hill', 'a line'], 'n': 2");
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        var json = TestServer.json(response);
        assertThat(json.propertyNames())
                .containsExactlyInAnyOrder(
                        "id", "object", "created", "model", "system_fingerprint", "choices", "usage");
        assertThat(json.path("object").asString()).isEqualTo("text_completion");
        assertThat(json.path("choices")).hasSize(4);
        for (var i = 0; i < 4; i++) {
            var choice = json.path("choices").get(i);
            assertThat(choice.propertyNames()).containsExactlyInAnyOrder("text", "index", "logprobs", "finish_reason");
            assertThat(choice.path("index").asInt()).isEqualTo(i);
            assertThat(choice.path("finish_reason").asString()).isIn("stop", "length");
        }
        assertThat(json.path("usage").propertyNames())
                .containsExactlyInAnyOrder("prompt_tokens", "completion_tokens", "total_tokens");
    }

    @Test
    void aStreamIsEventsThatEndWithDone() {
        var response = completion("'prompt': 'the hill', 'stream': true");
        assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream; charset=utf-8");
        var lines = response.body().split("\n\n");
        assertThat(lines[lines.length - 1]).isEqualTo("data: [DONE]");
        for (var i = 0; i < lines.length - 1; i++) {
            var json = JsonMapper.shared().readTree(lines[i].substring("data: ".length()));
            assertThat(json.path("object").asString()).isEqualTo("text_completion");
            assertThat(json.has("usage")).isFalse();
        }
    }

    @Test
    void tokensAreTakenAsTheyAre() {
        var byText = TestServer.json(completion("'prompt': 'the hill'"));
        var one = TestServer.json(completion("'prompt': [10, 20, 30]"));
        assertThat(one.at("/usage/prompt_tokens").asInt()).isEqualTo(3);
        var many = TestServer.json(completion("'prompt': [[10, 20, 30], [5]]"));
        assertThat(many.at("/choices/0/text")).isEqualTo(one.at("/choices/0/text"));
        assertThat(many.at("/usage/prompt_tokens").asInt()).isEqualTo(4);
        assertThat(byText.at("/usage/prompt_tokens").asInt()).isBetween(1, 8);
        isError(400, completion("'prompt': [10, 300]"), "prompt[1] is not a token of the model; it has 0 to 299");
        isError(400, completion("'prompt': [-1]"), "not a token");
        isError(400, completion("'prompt': [1.5]"), "a token id was expected");
        isError(400, completion("'prompt': [99999999999999999999]"), "not a token");
        isError(400, completion("'prompt': [[1], 'x', 5]"), "prompt[2]");
    }

    @Test
    void whatIsWrongIsSaid() {
        for (var wrong : List.of(
                "'prompt': 5 | a string or an array of token ids was expected",
                "'prompt': [] | at least one",
                "'prompt': [[]] | at least one",
                "'prompt': {} | is an object",
                "'prompt': null | missing",
                "'prompt': '\\ud800' | half a surrogate pair",
                "'prompt': 'x', 'n': 0 | from 1 to 128",
                "'prompt': 'x', 'n': 100 | at most 80 at a time",
                "'prompt': 'x', 'n': '1' | a whole number was expected",
                "'prompt': 'x', 'max_tokens': 0 | from 1",
                "'prompt': 'x', 'max_tokens': 1.5 | a whole number",
                "'prompt': 'x', 'max_tokens': 1e400 | a whole number",
                "'prompt': 'x', 'temperature': -1 | from 0",
                "'prompt': 'x', 'temperature': 'hot' | a number was expected",
                "'prompt': 'x', 'temperature': NaN | not valid JSON",
                "'prompt': 'x', 'top_p': 1.1 | from 0.0 to 1.0",
                "'prompt': 'x', 'top_k': 1.5 | a whole number",
                "'prompt': 'x', 'seed': 'a' | a whole number",
                "'prompt': 'x', 'stream': 1 | true or false",
                "'prompt': 'x', 'stream_options': {'include_usage': true} | for 'stream': true only",
                "'prompt': 'x', 'stream': true, 'stream_options': 5 | an object",
                "'prompt': 'x', 'stop': [5] | stop[0] is the number 5",
                "'prompt': 'x', 'stop': {} | a string or an array",
                "'prompt': 'x', 'logprobs': 1 | 'logprobs' is not supported",
                "'prompt': 'x', 'echo': true | 'echo' is not supported",
                "'prompt': 'x', 'best_of': 3 | other than 1",
                "'prompt': 'x', 'suffix': 'y' | not supported",
                "'prompt': 'x', 'logit_bias': {'5': 1} | not supported",
                "'prompt': 'x', 'messages': [] | no parameter 'messages'",
                "'prompt': 'x', 'prompt': 'y' | names a field twice",
                "'prompt': 'x'} {'a': 1 | not valid JSON")) {
            var parts = wrong.split(" \\| ");
            isError(400, completion(parts[0]), parts[1]);
        }
    }

    @Test
    void whatChangesNothingIsTaken() {
        for (var more : List.of(
                "'logprobs': null",
                "'logit_bias': {}",
                "'echo': false",
                "'frequency_penalty': 0",
                "'user': 'me'",
                "'metadata': {'a': 'b'}",
                "'store': true",
                "'n': 1",
                "'stop': null",
                "'stop': ['x', 'y']",
                "'top_k': -1",
                "'presence_penalty': 0.0",
                "'best_of': 1",
                "'seed': null",
                "'tempratur': null")) {
            assertThat(completion("'prompt': 'the hill', " + more).statusCode())
                    .as(more)
                    .isEqualTo(200);
        }
    }

    @Test
    void aConversationNeedsATemplate() {
        var turn = "'messages': [{'role': 'user', 'content': 'x'}]";
        isError(400, chat(turn), "--template");
        try (var plain = TestServer.start(
                () -> TestServer.open(folder.resolve("model")),
                TestServer.BOUNDS,
                TestServer.settings(Optional.of("User: {}\nAssistant: "), Optional.empty()),
                ApiLimits.USUAL)) {
            var body = ("{'model': 'tiny', 'max_tokens': 9, " + turn + "}").replace('\'', '"');
            var same = "{'model': 'tiny', 'max_tokens': 9, 'prompt': 'User: x\\nAssistant: '}".replace('\'', '"');
            assertThat(TestServer.json(plain.post("/v1/chat/completions", body))
                            .at("/choices/0/message/content")
                            .asString())
                    .isEqualTo(TestServer.text(plain.post("/v1/completions", same)));
            var system = body.replace("[{", "[{\"role\": \"system\", \"content\": \"y\"}, {");
            assertThat(TestServer.json(plain.post("/v1/chat/completions", system))
                            .at("/choices/0/message/content")
                            .asString())
                    .isEqualTo(TestServer.text(plain.post("/v1/completions", same.replace("User: x", "y\\nUser: x"))));
            for (var wrong : List.of(
                    "[] | at least one",
                    "5 | must be an array",
                    "[5] | messages[0] is the number 5",
                    "[{'role': 'user'}] | messages[0].content is missing",
                    "[{'content': 'x'}] | messages[0].role",
                    "[{'role': 'tool', 'content': 'x'}] | no place for a message of role tool",
                    "[{'role': 'asistant', 'content': 'x'}] | messages[0].role",
                    "[{'role': 'user', 'content': [{'type': 'image_url'}]}] | no text",
                    "[{'role': 'user', 'content': [{'type': 'text'}]}] | without text",
                    "[{'role': 'user', 'content': 'x', 'nmae': 'y'}] | 'nmae' of a message is not supported",
                    "[{'role': 'system', 'content': 'x'}] | the last message is the user's")) {
                var parts = wrong.split(" \\| ");
                var text = ("{'model': 'tiny', 'messages': " + parts[0] + "}").replace('\'', '"');
                isError(400, plain.post("/v1/chat/completions", text), parts[1]);
            }
        }
    }

    @Test
    void bodiesThatAreNoRequest() throws IOException {
        for (var body : List.of("", "{", "nonsense", "[]", "5", "null", "\"x\"", "{\"model\"}", "\u0000\u0001")) {
            isError(400, server.post("/v1/completions", body), "");
        }
        isError(400, server.post("/v1/completions", "[".repeat(100_000)), "nested more than 64 deep");
        isError(400, server.post("/v1/completions", "{\"a\":".repeat(100_000)), "nested more than 64 deep");
        isError(
                400,
                server.post("/v1/completions", GOOD.replace("5}", "9".repeat(10_000) + "}")),
                "a number or name beyond every limit");
        isError(413, server.post("/v1/completions", "x".repeat((4 << 20) + 1)), "4194304 bytes");
        var host = "Host: 127.0.0.1:" + server.port() + "\r\n";
        assertThat(server.ask("POST /v1/completions", host + "Content-Type: text/plain\r\n", GOOD))
                .startsWith("HTTP/1.1 415");
        assertThat(server.ask("POST /v1/completions", host, GOOD)).startsWith("HTTP/1.1 415");
        assertThat(server.ask(
                        "POST /v1/completions",
                        host + "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
                        GOOD))
                .startsWith("HTTP/1.1 415");
    }

    @Test
    void pathsAndMethods() throws IOException {
        isError(404, server.get("/v1/chat"), "There is nothing here");
        isError(404, server.get("/"), "There is nothing here");
        isError(404, server.get("/v1/models/other"), "no model 'other'");
        isError(405, server.get("/v1/completions"), "Only POST");
        isError(405, server.post("/v1/models", "{}"), "Only GET, HEAD");
        assertThat(server.get("/v1/completions").headers().firstValue("Allow")).contains("POST");
        assertThat(server.get("/v1/models?limit=5").statusCode()).isEqualTo(200);
        assertThat(server.get("/health").body()).isEqualTo("{\"status\":\"ok\"}");
        var host = "Host: 127.0.0.1:" + server.port() + "\r\n";
        assertThat(server.ask("GET /%zz", host, "")).startsWith("HTTP/1.1 404");
        assertThat(server.ask("GET /" + "a".repeat(5000), host, "")).startsWith("HTTP/1.1 414");
        assertThat(server.ask("GET /health", host + "A: " + "a".repeat(20_000) + "\r\n", ""))
                .startsWith("HTTP/1.1 431");
        assertThat(server.ask("OPTIONS /v1/completions", host, "")).startsWith("HTTP/1.1 405");
    }

    /** DNS rebinding, and pages of other sites. */
    @Test
    void onlyProgramsOfThisMachineMayAsk() throws IOException {
        var port = server.port();
        for (var headers : List.of(
                "Host: evil.example\r\n",
                "Host: evil.example:" + port + "\r\n",
                "",
                "Host: 127.0.0.1:" + port + "\r\nHost: evil.example\r\n",
                "Host: 127.0.0.1:" + port + "\r\nOrigin: http://evil.example\r\n",
                "Host: 127.0.0.1:" + port + "\r\nOrigin: null\r\n",
                "Host: 127.0.0.1:" + port + "\r\nSec-Fetch-Site: cross-site\r\n")) {
            assertThat(server.ask("POST /v1/completions", headers + "Content-Type: application/json\r\n", GOOD))
                    .as(headers)
                    .startsWith("HTTP/1.1 403")
                    .doesNotContain("Access-Control");
        }
        assertThat(server.ask("GET /v1/models", "Host: localhost:" + port + "\r\n", ""))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void aKeyIsAskedForWhereThereIsOne() throws IOException {
        var key = "0123456789abcdef";
        try (var locked = TestServer.start(
                () -> TestServer.open(folder.resolve("model")),
                TestServer.BOUNDS,
                TestServer.settings(Optional.empty(), Optional.of(key)),
                ApiLimits.USUAL)) {
            for (var header : List.of(
                    "",
                    "Authorization: Bearer\r\n",
                    "Authorization: Bearer 0123456789abcdeF\r\n",
                    "Authorization: Basic " + key + "\r\n",
                    "Authorization: " + key + "\r\n",
                    "Authorization: Bearer " + key + "\r\nAuthorization: Bearer x\r\n")) {
                assertThat(locked.ask("GET /v1/models", header, ""))
                        .as(header)
                        .startsWith("HTTP/1.1 401")
                        .contains("WWW-Authenticate: Bearer", "invalid_api_key");
            }
            assertThat(locked.ask("GET /metrics", "", "")).startsWith("HTTP/1.1 401");
            assertThat(locked.ask("GET /nothing", "", "")).startsWith("HTTP/1.1 401");
            assertThat(locked.ask("GET /health", "", "")).startsWith("HTTP/1.1 200");
            // by any name, because a proxy has its own
            assertThat(locked.ask("GET /v1/models", "Host: llm.example\r\nAuthorization: bearer " + key + "\r\n", ""))
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void requestsOneAfterTheOtherOnOneConnection() throws IOException {
        var once = server.head("/v1/completions", GOOD.length()) + GOOD;
        try (var socket = server.begin("/v1/completions", GOOD)) {
            for (var i = 0; i < 3; i++) {
                assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8))
                        .isEqualTo("HTTP/1.1 200");
                var rest = new StringBuilder();
                while (rest.indexOf("}}") < 0) {
                    rest.append((char) socket.getInputStream().read());
                }
                socket.getOutputStream().write(once.getBytes(StandardCharsets.UTF_8));
            }
        }
        // a client that pipelines gets the first answer and the end of the connection
        assertThat(server.raw((once + once + once).getBytes(StandardCharsets.UTF_8))
                        .split("HTTP/1.1 200", -1))
                .hasSizeBetween(2, 4);
        var old = once.replace("HTTP/1.1", "HTTP/1.0")
                .replace("\"max_tokens\": 5", "\"max_tokens\": 5, \"stream\": true")
                .replace("Content-Length: " + GOOD.length(), "Content-Length: " + (GOOD.length() + 16));
        assertThat(server.raw(old.getBytes(StandardCharsets.UTF_8)))
                .contains("data: [DONE]")
                .doesNotContain("chunked");
    }

    @Test
    void garbageIsAnsweredOrDropped() throws IOException {
        var random = new SplittableRandom(11);
        for (var i = 0; i < 60; i++) {
            var bytes = new byte[random.nextInt(1, 3000)];
            random.nextBytes(bytes);
            var begin = random.nextInt(3);
            var head = begin == 0
                    ? ""
                    : begin == 1 ? "POST /v1/completions HTTP/1.1\r\n" : server.head("/v1/completions", bytes.length);
            var all = new byte[head.length() + bytes.length + 4];
            System.arraycopy(head.getBytes(StandardCharsets.ISO_8859_1), 0, all, 0, head.length());
            System.arraycopy(bytes, 0, all, head.length(), bytes.length);
            System.arraycopy("\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1), 0, all, head.length() + bytes.length, 4);
            try (var socket = new java.net.Socket("127.0.0.1", server.port())) {
                socket.setSoTimeout(300);
                socket.getOutputStream().write(all);
                var answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8);
                assertThat(answer).matches("(HTTP/1\\.1 4\\d\\d)?");
            } catch (java.net.SocketTimeoutException e) {
                // the bytes may be the beginning of a request, which has its deadline
                assertThat(begin).isLessThan(2);
            }
        }
    }

    /** Valid requests with some bytes changed are either done or refused. */
    @Test
    void changedRequestsAreDoneOrRefused() {
        var random = new SplittableRandom(12);
        var seen = new ArrayList<Integer>();
        for (var i = 0; i < 300; i++) {
            var text = new StringBuilder(
                    "{\"model\": \"tiny\", \"prompt\": [\"the hill over the sea and the hill\", \"a line about the"
                            + " sea\"], \"max_tokens\": 3, \"n\": 2, \"temperature\": 0.5, \"top_p\": 0.9, \"stop\":"
                            + " [\"x\"], \"seed\": 5, \"stream\": false}");
            for (var j = random.nextInt(1, 4); j > 0; j--) {
                var at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, "{}[]\",:0-e\\".charAt(random.nextInt(11)));
                    default -> text.setCharAt(at, (char) random.nextInt(1, 0x250));
                }
            }
            var response = server.post("/v1/completions", text.toString());
            seen.add(response.statusCode());
            if (response.statusCode() != 200) {
                assertThat(response.statusCode()).as(text.toString()).isIn(400, 404);
                isError(response.statusCode(), response, "");
            }
        }
        assertThat(seen).contains(200, 400);
    }
}
