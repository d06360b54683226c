package dev.tandem.cli.serve.wire;

import dev.tandem.cli.serve.ApiServer;
import dev.tandem.cli.serve.api.ApiSettings;
import dev.tandem.inference.GenerationSettings;
import dev.tandem.inference.TextModels;
import dev.tandem.model.generation.Sampling;
import dev.tandem.model.generation.TextModel;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.serve.EngineSettings;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server over a tiny model on any free port, with simple ways to send requests. */
final class TestServer implements AutoCloseable {
    static final String NAME = "tiny";
    static final EngineSettings BOUNDS = new EngineSettings(16, 64, 65_536);

    private final ApiServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private TestServer(ApiServer server) {
        this.server = server;
    }

    static ApiSettings settings(Optional<String> template, Optional<String> key) {
        var defaults = new GenerationSettings(40, Sampling.GREEDY, List.of(), 42, 16);
        return new ApiSettings(NAME, "fp_test", defaults, template, "127.0.0.1", 0, key);
    }

    static TextModel open(Path model) {
        return TextModels.open(model, Optional.empty(), "cpu", Precision.FP32);
    }

    static TestServer start(Path model) {
        return start(() -> open(model), BOUNDS, settings(Optional.empty(), Optional.empty()), ApiLimits.USUAL);
    }

    static TestServer start(Supplier<TextModel> model, EngineSettings bounds, ApiSettings settings, ApiLimits limits) {
        var result = new TestServer(ApiServer.open(model, bounds, settings, limits));
        result.server.engine().awaitReady();
        return result;
    }

    /** Ways to send requests to an existing server. */
    static TestServer of(ApiServer server) {
        return new TestServer(server);
    }

    ApiServer server() {
        return server;
    }

    int port() {
        return URI.create(server.url()).getPort();
    }

    /** Sends bytes and receives everything until the connection ends. */
    String raw(byte[] request) throws IOException {
        try (var socket = new Socket("127.0.0.1", port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** One request of a line, headers and a body. */
    String ask(String line, String headers, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        var head =
                line + " HTTP/1.1\r\nConnection: close\r\n" + headers + "Content-Length: " + bytes.length + "\r\n\r\n";
        return raw((head + body).getBytes(StandardCharsets.UTF_8));
    }

    /** The beginning of a request to generate, without the body. */
    String head(String path, int length) {
        return "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port()
                + "\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n";
    }

    /** Connects and sends a request; the caller may read the answer. */
    Socket begin(String path, String body) throws IOException {
        var socket = new Socket("127.0.0.1", port());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write((head(path, body.length()) + body).getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    HttpResponse<String> post(String path, String body) {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    static String text(HttpResponse<String> response) {
        return json(response).at("/choices/0/text").asString();
    }

    /** Waits until no text is active or waiting. */
    void awaitIdle() throws InterruptedException {
        while (server.engine().active() > 0 || server.engine().waiting() > 0) {
            Thread.sleep(2);
        }
    }

    /** A sample of /metrics. */
    double metric(String name) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        server.close();
    }
}
