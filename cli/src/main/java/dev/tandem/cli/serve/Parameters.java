package dev.tandem.cli.serve;

import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Which parameters of OpenAI's API mean something here, which mean nothing anywhere, and which would be promises not kept. */
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

    /** These change nothing about an answer. */
    private static final Set<String> IGNORED = Set.of(
            "user",
            "metadata",
            "store",
            "service_tier",
            "safety_identifier",
            "prompt_cache_key",
            "prompt_cache_retention",
            "parallel_tool_calls");

    /** These are not done here; some values ask for nothing. */
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
     * @param own those of this endpoint alone
     * @throws ApiError.Refusal if one would change the answer and cannot
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
            throw ApiError.parameter(
                            shown(name), "unknown_parameter", "There is no parameter '" + shown(name) + "' here.")
                    .refusal();
        }
        if (!harmless.contains(value.toString())) {
            throw ApiError.parameter(
                            name,
                            "unsupported_parameter",
                            "'" + name + "' is not supported here"
                                    + (harmless.isEmpty() ? "" : ", other than " + String.join(" or ", harmless))
                                    + ". Leave it out.")
                    .refusal();
        }
    }

    private static String shown(String name) {
        return name.length() > 60 ? name.substring(0, 60) + "…" : name;
    }
}
