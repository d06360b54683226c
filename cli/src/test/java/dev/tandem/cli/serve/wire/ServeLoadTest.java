package dev.tandem.cli.serve.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.cli.TinyModel;
import dev.tandem.cli.serve.ApiServer;
import dev.tandem.model.generation.TextModel;
import dev.tandem.serve.EngineSettings;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More clients than places, clients that disconnect, clients that do not read or write, and models that fail. */
@Timeout(60)
class ServeLoadTest {
    private static final Pattern SAMPLE =
            Pattern.compile("[a-z_]+(\\{([a-z]+=\"[^\"]*\",?)+})? ([0-9.eE+-]+|NaN|\\+Inf)");

    /** Long enough to disconnect during it: thousands of tokens of a model that seldom ends. */
    private static final String LONG =
            "{\"model\": \"tiny\", \"prompt\": \"the hill\", \"max_tokens\": 3900, \"temperature\": 0%s}";

    private static final String SHORT = "{\"model\": \"tiny\", \"prompt\": \"a line\", \"max_tokens\": 5}";

    @TempDir
    static Path folder;

    @BeforeAll
    static void write() {
        TinyModel.write(folder, Optional.empty());
    }

    private static TestServer start(EngineSettings bounds, ApiLimits limits) {
        return TestServer.start(
                () -> TestServer.open(folder), bounds, TestServer.settings(Optional.empty(), Optional.empty()), limits);
    }

    private static Socket begin(TestServer server, String more) throws IOException {
        return server.begin("/v1/completions", String.format(LONG, more));
    }

    private static void awaitActive(TestServer server, int count) throws InterruptedException {
        while (server.server().engine().active() != count) {
            Thread.sleep(2);
        }
    }

    @Test
    void whoGoesAwayFreesTheirPlaces() throws Exception {
        try (var server = start(new EngineSettings(2, 4, 65_536), ApiLimits.USUAL)) {
            var sockets = new ArrayList<Socket>();
            sockets.add(begin(server, ", \"stream\": true"));
            sockets.add(begin(server, ""));
            awaitActive(server, 2);
            sockets.add(begin(server, ", \"n\": 3"));
            while (server.server().engine().waiting() < 3) {
                Thread.sleep(2);
            }
            // the first has received something; none of the others has
            assertThat(sockets.get(0).getInputStream().readNBytes(12))
                    .isEqualTo("HTTP/1.1 200".getBytes(StandardCharsets.UTF_8));
            for (var socket : sockets) {
                socket.close();
            }
            server.awaitIdle();
            assertThat(server.metric("tandem_cancelled_total")).isEqualTo(5);
            assertThat(server.metric("tandem_generated_tokens_total")).isLessThan(2 * 3900);
            assertThat(server.metric("tandem_requests_total{route=\"/v1/completions\",status=\"499\"}"))
                    .isEqualTo(3);
            assertThat(server.post("/v1/completions", SHORT).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void beyondTheQueueRequestsAreTurnedAway() throws Exception {
        try (var server = start(new EngineSettings(1, 1, 65_536), ApiLimits.USUAL);
                var first = begin(server, "");
                var second = begin(server, "")) {
            while (server.server().engine().waiting() < 1) {
                Thread.sleep(2);
            }
            var refused = server.post("/v1/completions", SHORT);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).contains("1");
            assertThat(TestServer.json(refused).at("/error/code").asString()).isEqualTo("queue_full");
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
            first.close();
            second.close();
            server.awaitIdle();
            assertThat(server.post("/v1/completions", SHORT).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void slowSendersAndIdlersAreCutOff() throws Exception {
        try (var server = start(TestServer.BOUNDS, new ApiLimits(1 << 20, 16 << 20, 3, 300, 600, 30_000))) {
            try (var slow = new Socket("127.0.0.1", server.port());
                    var idle = new Socket("127.0.0.1", server.port())) {
                slow.setSoTimeout(20_000);
                idle.setSoTimeout(20_000);
                slow.getOutputStream()
                        .write((server.head("/v1/completions", 100) + "{").getBytes(StandardCharsets.UTF_8));
                assertThat(new String(slow.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .startsWith("HTTP/1.1 408")
                        .contains("too slowly");
                assertThat(idle.getInputStream().read()).isEqualTo(-1);
            }
            var three = new ArrayList<Socket>();
            for (var i = 0; i < 3; i++) {
                three.add(begin(server, ""));
            }
            awaitActive(server, 3);
            try (var fourth = new Socket("127.0.0.1", server.port())) {
                fourth.setSoTimeout(20_000);
                assertThat(fourth.getInputStream().read()).isEqualTo(-1);
            }
            for (var socket : three) {
                socket.close();
            }
            server.awaitIdle();
        }
    }

    /** The model's memory is freed, so every use of it fails deep inside. */
    @Test
    void aModelThatFailsIsAnErrorWithAnIdAndNoEnd() throws Exception {
        var opened = new CompletableFuture<TextModel>();
        try (var server = TestServer.start(
                () -> {
                    var model = TestServer.open(folder);
                    opened.complete(model);
                    return model;
                },
                TestServer.BOUNDS,
                TestServer.settings(Optional.empty(), Optional.empty()),
                ApiLimits.USUAL)) {
            assertThat(server.post("/v1/completions", SHORT).statusCode()).isEqualTo(200);
            opened.get().model().close();
            for (var more : new String[] {"", ", \"stream\": true, \"n\": 3"}) {
                var response = server.post("/v1/completions", SHORT.replace("}", more + "}"));
                assertThat(response.statusCode()).isEqualTo(500);
                assertThat(TestServer.json(response).at("/error/message").asString())
                        .containsPattern("id [0-9a-f]{12}");
                server.awaitIdle();
            }
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
            assertThat(server.metric("tandem_failed_total")).isEqualTo(4);
        }
    }

    @Test
    void whileItLoadsAndWhileItStopsItSaysSo() throws Exception {
        var load = new CountDownLatch(1);
        try (var server = ApiServer.open(
                        () -> {
                            await(load);
                            return TestServer.open(folder);
                        },
                        TestServer.BOUNDS,
                        TestServer.settings(Optional.empty(), Optional.empty()),
                        ApiLimits.USUAL);
                var ask = TestServer.of(server)) {
            assertThat(ask.get("/health").statusCode()).isEqualTo(503);
            assertThat(ask.get("/health").body()).contains("loading");
            assertThat(ask.post("/v1/completions", SHORT).statusCode()).isEqualTo(503);
            load.countDown();
            server.engine().awaitReady();
            assertThat(ask.post("/v1/completions", SHORT).statusCode()).isEqualTo(200);
            try (var last = begin(ask, "")) {
                awaitActive(ask, 1);
                assertThat(server.engine().drain(Duration.ZERO)).isFalse();
                assertThat(ask.get("/health").body()).contains("stopping");
                assertThat(ask.post("/v1/completions", SHORT).statusCode()).isEqualTo(503);
                server.close();
                assertThat(new String(last.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .startsWith("HTTP/1.1 503");
            }
        }
    }

    /** The texts that are active when it is asked to stop are finished and sent before it closes. */
    @Test
    void drainedItHasAnsweredAll() throws Exception {
        var server = start(new EngineSettings(2, 20, 65_536), ApiLimits.USUAL);
        var sockets = new ArrayList<Socket>();
        for (var i = 0; i < 10; i++) {
            sockets.add(server.begin("/v1/completions", SHORT.replace("}", i % 2 == 0 ? "}" : ", \"stream\": true}")));
        }
        while (server.metric("tandem_texts_total") < 10) {
            Thread.sleep(2);
        }
        assertThat(server.server().engine().drain(Duration.ofSeconds(30))).isTrue();
        server.close();
        for (var socket : sockets) {
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200")
                    .containsAnyOf("[DONE]", "total_tokens");
            socket.close();
        }
    }

    /** A client that does not read receives nothing further and loses its place. */
    @Test
    void whoDoesNotReadIsCutOff() throws Exception {
        try (var server =
                start(new EngineSettings(8, 80, 65_536), new ApiLimits(1 << 20, 16 << 20, 100, 30_000, 30_000, 200))) {
            var body = String.format(LONG, ", \"stream\": true, \"n\": 8");
            try (var socket = new Socket()) {
                socket.setReceiveBufferSize(1024);
                socket.connect(new java.net.InetSocketAddress("127.0.0.1", server.port()));
                socket.setSoTimeout(20_000);
                socket.getOutputStream()
                        .write((server.head("/v1/completions", body.length()) + body).getBytes(StandardCharsets.UTF_8));
                awaitActive(server, 8);
                server.awaitIdle();
            } catch (SocketTimeoutException e) {
                throw new AssertionError(e);
            }
            assertThat(server.metric("tandem_cancelled_total")).isBetween(1.0, 8.0);
        }
    }

    @Test
    void metricsAreWhatPrometheusReads() {
        try (var server = start(TestServer.BOUNDS, ApiLimits.USUAL)) {
            server.post("/v1/completions", SHORT);
            server.get("/nothing");
            var response = server.get("/metrics");
            assertThat(response.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/plain");
            assertThat(response.body().lines().filter(line -> !line.startsWith("#")))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).matches(SAMPLE));
            assertThat(server.metric("tandem_texts_total")).isEqualTo(1);
            assertThat(server.metric("tandem_generated_tokens_total")).isBetween(0.0, 5.0);
            assertThat(server.metric("tandem_ready")).isEqualTo(1);
            assertThat(server.metric("tandem_first_token_seconds_count")).isEqualTo(1);
            assertThat(server.metric("tandem_requests_total{route=\"other\",status=\"404\"}"))
                    .isEqualTo(1);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
