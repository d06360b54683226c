package dev.tandem.eval.judge;

import dev.tandem.InputJson;
import dev.tandem.UserException;
import dev.tandem.http.PassingFailure;
import dev.tandem.http.Retries;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;

/** Queries a model over OpenAI's API. Redirects are not followed: the key is for one address. */
final class ChatClient {
    private static final int OK = 200;
    private static final int TOO_MANY = 429;
    private static final int LONGEST_WORDS = 300;

    private final ChatEndpoint endpoint;
    private final RateLimits limits;
    private final Retries retries;
    private final HttpClient http;

    /** @param messages receives a message before every repetition */
    ChatClient(ChatEndpoint endpoint, RateLimits limits, Consumer<String> messages) {
        this.endpoint = endpoint;
        this.limits = limits;
        this.retries = new Retries("ask", endpoint.attempts(), endpoint.backOff(), messages);
        this.http = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(20))
                .proxy(endpoint.proxies())
                .build();
    }

    /**
     * Requests a reply.
     *
     * @throws UserException if the other side refuses it, or cannot be reached
     * @throws CancellationException if the work is being stopped
     */
    ChatReply ask(ChatRequest request) {
        return retries.run(
                "the judge " + request.parameters().path("model").asString(""), () -> 0, () -> attempt(request));
    }

    private ChatReply attempt(ChatRequest request) throws IOException {
        limits.acquire(request.estimate().tokens());
        var answer = send(request);
        if (answer.statusCode() == OK) {
            return ChatReply.parse(answer.body())
                    .orElseThrow(() -> new PassingFailure(
                            endpoint.base().getHost() + " did not return a chat completion", Optional.empty()));
        }
        var passing = PassingFailure.of(answer);
        if (passing.isEmpty() || code(answer).equals("insufficient_quota")) {
            throw refused(request, answer);
        }
        if (answer.statusCode() == TOO_MANY) {
            limits.hold(passing.get().asked().orElse(endpoint.backOff()));
        }
        throw passing.get();
    }

    private HttpResponse<byte[]> send(ChatRequest request) throws IOException {
        var builder = HttpRequest.newBuilder(endpoint.completions())
                .header("Content-Type", "application/json")
                .header("User-Agent", "tandem")
                .POST(HttpRequest.BodyPublishers.ofString(request.body()));
        endpoint.key().ifPresent(key -> builder.header("Authorization", "Bearer " + key));
        // the client's own timeout ends with the headers
        var future = http.sendAsync(builder.build(), HttpResponse.BodyHandlers.ofByteArray());
        try {
            return future.get(endpoint.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            future.cancel(true);
            throw new HttpTimeoutException(
                    "no reply within " + endpoint.timeout().toMillis() / 1000.0 + " s");
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw new CancellationException();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    private UserException refused(ChatRequest request, HttpResponse<byte[]> answer) {
        var status = answer.statusCode();
        var host = endpoint.base().getHost();
        var words = words(answer);
        return new UserException(
                switch (status) {
                    case 401, 403 ->
                        host + " refuses the judge's key (HTTP " + status + "): "
                                + (endpoint.key().isPresent()
                                        ? "check that it is one of " + host + ", and may use the model."
                                        : "it asks for one. Name the environment variable that holds it.");
                    case 404 ->
                        host + " has no model " + request.parameters().path("model") + ", or no chat completions under "
                                + endpoint.base() + " (HTTP 404)" + words + ". Check both.";
                    case TOO_MANY -> host + " says that the key's money is spent (HTTP 429)" + words + ".";
                    default ->
                        host + " refuses the request (HTTP " + status + ")" + words
                                + ". Check the judge's model and parameters.";
                });
    }

    /** The other side's error message, as {@code : words}. */
    private String words(HttpResponse<byte[]> answer) {
        var message = error(answer, "message").strip().replaceAll("\\s+", " ");
        message = message.replaceFirst("\\.$", "");
        message = message.length() > LONGEST_WORDS ? message.substring(0, LONGEST_WORDS) + "…" : message;
        return message.isEmpty() ? "" : ": " + endpoint.redacted(message);
    }

    private static String code(HttpResponse<byte[]> answer) {
        return error(answer, "code");
    }

    private static String error(HttpResponse<byte[]> answer, String field) {
        try {
            var json = InputJson.mapper().readTree(answer.body());
            var error = json.path("error");
            return error.isString() && field.equals("message")
                    ? error.stringValue()
                    : error.path(field).asString(json.path(field).asString(""));
        } catch (JacksonException e) {
            // not JSON, such as a proxy's page
            return "";
        }
    }
}
