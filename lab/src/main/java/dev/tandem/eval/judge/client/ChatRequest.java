package dev.tandem.eval.judge.client;

import dev.tandem.io.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request to a model.
 *
 * @param messages the conversation so far
 * @param parameters all other parameters of the request: model, temperature and so on
 */
public record ChatRequest(List<ApiMessage> messages, ObjectNode parameters) {
    /** Characters per token. English has four, foreign scripts about three: the estimate is rather too high. */
    private static final int BYTES_PER_TOKEN = 3;

    private static final int TOKENS_PER_MESSAGE = 8;

    public ChatRequest {
        messages = List.copyOf(messages);
    }

    /** The request with additional turns. */
    public ChatRequest with(ApiMessage... more) {
        return new ChatRequest(Stream.concat(messages.stream(), Stream.of(more)).toList(), parameters);
    }

    /** The body of the HTTP request. */
    String body() {
        var body = JsonMapper.shared().createObjectNode();
        var array = body.putArray("messages");
        messages.forEach(
                message -> array.addObject().put("role", message.role()).put("content", message.content()));
        body.setAll(parameters);
        return body.toString();
    }

    /** SHA-256 of everything the reply depends on. */
    public String digest(ChatEndpoint endpoint) {
        var all = new ArrayList<>(List.of(endpoint.base().toString(), body()));
        return Sha256.hex(Sha256.of(all));
    }

    /** An estimate of the tokens it will use, rather too high. */
    public Usage estimate() {
        var in = 0L;
        for (var message : messages) {
            in += TOKENS_PER_MESSAGE + message.content().getBytes(StandardCharsets.UTF_8).length / BYTES_PER_TOKEN;
        }
        var out = parameters
                .path("max_completion_tokens")
                .asLong(parameters.path("max_tokens").asLong(0));
        return new Usage(in, out);
    }
}
