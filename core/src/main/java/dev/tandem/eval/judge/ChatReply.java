package dev.tandem.eval.judge;

import dev.tandem.InputJson;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model's reply.
 *
 * @param text the reply; empty if there was none
 * @param finish the reason why it ended, as reported by the API
 * @param first log-probs of the most probable first tokens, nats; empty if the API returns none
 * @param usage number of tokens used, if the API reports it
 */
record ChatReply(String text, String finish, Map<String, Double> first, Optional<Usage> usage) {
    ChatReply {
        first = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(first));
    }

    /** Parses an answer of the API; empty if it is not a chat completion. */
    static Optional<ChatReply> parse(byte[] body) {
        try {
            var json = InputJson.mapper().readTree(body);
            var choice = json.path("choices").path(0);
            var message = choice.path("message");
            if (!message.isObject()) {
                return Optional.empty();
            }
            return Optional.of(new ChatReply(
                    message.path("content").asString(""),
                    choice.path("finish_reason").asString(""),
                    first(choice.path("logprobs").path("content").path(0).path("top_logprobs")),
                    usage(json.path("usage"), "prompt_tokens", "completion_tokens")));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static Map<String, Double> first(JsonNode top) {
        var result = new LinkedHashMap<String, Double>();
        for (var token : top) {
            if (token.path("token").isString() && token.path("logprob").isNumber()) {
                // different tokens that are not whole characters may have the same text
                result.merge(
                        token.path("token").stringValue(), token.path("logprob").doubleValue(), Math::max);
            }
        }
        return result;
    }

    private static Optional<Usage> usage(JsonNode json, String in, String out) {
        return json.path(in).isIntegralNumber() && json.path(in).longValue() >= 0
                ? Optional.of(new Usage(
                        json.path(in).longValue(), Math.max(0, json.path(out).asLong(0))))
                : Optional.empty();
    }

    /** The form stored in the cache. */
    ObjectNode json() {
        var json = JsonMapper.shared().createObjectNode();
        json.put("text", text);
        json.put("finish", finish);
        if (!first.isEmpty()) {
            var top = json.putObject("first");
            first.forEach(top::put);
        }
        usage.ifPresent(u -> json.putObject("usage").put("in", u.in()).put("out", u.out()));
        return json;
    }

    /** Reads the result of {@link #json}. */
    static ChatReply of(JsonNode json) {
        var first = new LinkedHashMap<String, Double>();
        json.path("first")
                .properties()
                .forEach(e -> first.put(e.getKey(), e.getValue().asDouble()));
        return new ChatReply(
                json.path("text").asString(""),
                json.path("finish").asString(""),
                first,
                usage(json.path("usage"), "in", "out"));
    }
}
