package dev.tandem.cli.serve.api;

import dev.tandem.cli.serve.wire.ApiError;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The parameters of OpenAI's API: supported ones, ones without influence on an answer, and unsupported ones, which are
 * refused.
 */
final class Parameters {
    private static final Set<String> SHARED = Set.of(
            "model",
            "n",
            "max_tokens",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "repetition_penalty",
            "stop",
            "seed",
            "stream",
            "stream_options");

    /** Parameters that do not influence an answer. */
    private static final Set<String> IGNORED = Set.of(
            "user",
            "metadata",
            "store",
            "service_tier",
            "safety_identifier",
            "prompt_cache_key",
            "prompt_cache_retention",
            "parallel_tool_calls");

    /** Unsupported parameters; values without effect are accepted. */
    private static final Map<String, List<String>> UNSUPPORTED = Map.ofEntries(
            Map.entry("frequency_penalty", List.of("0", "0.0")),
            Map.entry("presence_penalty", List.of("0", "0.0")),
            Map.entry("logit_bias", List.of("{}")),
            Map.entry("logprobs", List.of("false")),
            Map.entry("top_logprobs", List.of()),
            Map.entry("echo", List.of("false")),
            Map.entry("best_of", List.of("1")),
            Map.entry("suffix", List.of("\"\"")),
            Map.entry("tools", List.of("[]")),
            Map.entry("tool_choice", List.of("\"none\"", "\"auto\"")),
            Map.entry("functions", List.of("[]")),
            Map.entry("function_call", List.of("\"none\"", "\"auto\"")),
            Map.entry("response_format", List.of("{\"type\":\"text\"}")),
            Map.entry("modalities", List.of("[\"text\"]")),
            Map.entry("audio", List.of()),
            Map.entry("prediction", List.of()),
            Map.entry("reasoning_effort", List.of("\"none\"")),
            Map.entry("verbosity", List.of()),
            Map.entry("moderation", List.of()),
            Map.entry("web_search_options", List.of()));

    private Parameters() {}

    /**
     * Checks a request's parameters.
     *
     * @param own the parameters of this endpoint only
     * @throws ApiError.Refusal if an unsupported one would change the answer
     */
    static void check(Fields fields, Set<String> own) {
        for (var entry : fields.json().properties()) {
            var name = entry.getKey();
            var known = SHARED.contains(name) || own.contains(name) || IGNORED.contains(name);
            if (!known && !entry.getValue().isNull()) {
                refuse(name, entry.getValue());
            }
        }
    }

    private static void refuse(String name, JsonNode value) {
        var harmless = UNSUPPORTED.get(name);
        if (harmless == null) {
            throw ApiError.parameter(shown(name), "unknown_parameter", "There is no parameter '" + shown(name) + "'.")
                    .refusal();
        }
        if (!harmless.contains(value.toString())) {
            throw ApiError.parameter(
                            name,
                            "unsupported_parameter",
                            "'" + name + "' is not supported here"
                                    + (harmless.isEmpty() ? "" : ", other than " + String.join(" or ", harmless))
                                    + ". Omit it.")
                    .refusal();
        }
    }

    private static String shown(String name) {
        return name.length() > 60 ? name.substring(0, 60) + "…" : name;
    }
}
