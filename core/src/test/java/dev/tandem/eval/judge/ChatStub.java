package dev.tandem.eval.judge;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server that speaks OpenAI's chat completions, judges as configured, and has faults. */
public final class ChatStub implements AutoCloseable {
    private static final Pattern ANSWERS =
            Pattern.compile("<answer>\\n(.*?)\\n</answer>.*<answer>\\n(.*?)\\n</answer>", Pattern.DOTALL);

    /** Faults, each of which occurs once, before any other answer. */
    public enum Fault {
        TOO_MANY,
        BROKEN_SERVER,
        TORN,
        SLOW,
        NO_JSON,
        NO_CHOICES
    }

    /** Requests in the order of arrival. */
    public final List<JsonNode> requests = new CopyOnWriteArrayList<>();

    final List<String> keys = new CopyOnWriteArrayList<>();
    final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    volatile int status = 200;
    volatile String retryAfter = "0";
    volatile String error = "";
    volatile boolean usage = true;
    /** Maps both answers to the reply. */
    volatile BiFunction<String, String, Reply> judge;

    private final HttpServer server;

    /**
     * A reply.
     *
     * @param first probabilities of the first token; none are sent if empty
     */
    record Reply(String text, Map<String, Double> first) {
        static Reply of(String text) {
            return new Reply(text, Map.of());
        }
    }

    ChatStub(BiFunction<String, String, Reply> judge) {
        this.judge = judge;
        try {
            this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "chat-stub");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::answer);
        server.start();
    }

    /** Prefers the longer answer. */
    public static ChatStub likingLength() {
        return new ChatStub((one, other) -> Reply.of(one.length() > other.length() ? "m" : "M"));
    }

    /** The API's address. */
    public String address() {
        return "http://localhost:" + server.getAddress().getPort() + "/v1";
    }

    private void answer(HttpExchange exchange) throws IOException {
        var request = JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
        requests.add(request);
        keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        var fault = faults.poll();
        if (fault != null) {
            fail(exchange, fault);
        } else if (status != 200) {
            reply(exchange, status, error);
        } else if (!exchange.getRequestURI().getPath().equals("/v1/chat/completions")) {
            reply(exchange, 404, "{\"error\": {\"message\": \"no such page\"}}");
        } else {
            reply(exchange, 200, completion(request));
        }
    }

    private void fail(HttpExchange exchange, Fault fault) throws IOException {
        switch (fault) {
            case TOO_MANY -> {
                exchange.getResponseHeaders().add("Retry-After", retryAfter);
                reply(exchange, 429, "{\"error\": {\"message\": \"slow down\", \"code\": \"rate_limit_exceeded\"}}");
            }
            case BROKEN_SERVER -> reply(exchange, 500, "oops");
            case TORN -> {
                exchange.sendResponseHeaders(200, 1000);
                exchange.getResponseBody().write("{\"choices\": [".getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
                exchange.close();
            }
            case SLOW -> {
                // headers and half a body, and then nothing else
                exchange.sendResponseHeaders(200, 1000);
                exchange.getResponseBody().write("{\"choices\": [".getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
            }
            case NO_JSON -> reply(exchange, 200, "<html>gateway</html>");
            case NO_CHOICES -> reply(exchange, 200, "{\"choices\": []}");
        }
    }

    private String completion(JsonNode request) {
        // the first user turn has the answers; later ones ask for a verdict again
        var user = "";
        for (var message : request.path("messages")) {
            if (user.isEmpty() && message.path("role").asString("").equals("user")) {
                user = message.path("content").asString("");
            }
        }
        var answers = ANSWERS.matcher(user);
        var reply = answers.find() ? judge.apply(answers.group(1), answers.group(2)) : Reply.of("?");
        var json = JsonMapper.shared().createObjectNode();
        var choice = json.putArray("choices").addObject();
        choice.put("finish_reason", "stop");
        choice.putObject("message").put("role", "assistant").put("content", reply.text());
        if (request.path("logprobs").asBoolean(false) && !reply.first().isEmpty()) {
            var top =
                    choice.putObject("logprobs").putArray("content").addObject().putArray("top_logprobs");
            reply.first()
                    .forEach((token, p) -> top.addObject().put("token", token).put("logprob", Math.log(p)));
        }
        if (usage) {
            json.putObject("usage").put("prompt_tokens", 100).put("completion_tokens", 1);
        }
        return json.toString();
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
