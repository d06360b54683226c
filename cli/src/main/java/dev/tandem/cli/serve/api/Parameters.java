package dev.tandem.cli.serve.api;

import dev.tandem.cli.serve.wire.ApiError;
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
            "parallel_tool_calls",
            "prediction",
            "priority",
            "request_id",
            "cache_salt",
            "cache_prompt",
            "timeout");

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
        var neutral = NeutralValues.of(name)
                .orElseThrow(() -> ApiError.parameter(
                                shown(name), "unknown_parameter", "There is no parameter '" + shown(name) + "'.")
                        .refusal());
        if (!NeutralValues.contains(neutral, value)) {
            throw ApiError.parameter(
                            name,
                            "unsupported_parameter",
                            "'" + name + "' is not supported here"
                                    + (neutral.isEmpty() ? "" : ", other than " + NeutralValues.shown(neutral))
                                    + ". Omit it.")
                    .refusal();
        }
    }

    private static String shown(String name) {
        return name.length() > 60 ? name.substring(0, 60) + "…" : name;
    }
}
