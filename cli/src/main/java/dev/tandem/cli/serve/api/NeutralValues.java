package dev.tandem.cli.serve.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Parameters that are not supported, of OpenAI's API and of other servers with the same API. Clients often send them with
 * the value that asks for nothing, and such a value is accepted.
 */
final class NeutralValues {
    private static final String NONE = "";

    /** For each parameter, the JSON values that change no answer. Empty objects and arrays never do. */
    private static final Map<String, List<JsonNode>> ALL = Map.ofEntries(
            entry("frequency_penalty", "0"),
            entry("presence_penalty", "0"),
            entry("logit_bias", "{}"),
            entry("logprobs", "false"),
            entry("top_logprobs", "0"),
            entry("prompt_logprobs", "false"),
            entry("echo", "false"),
            entry("best_of", "1"),
            entry("suffix", "\"\""),
            entry("tools", "[]"),
            entry("tool_choice", "\"none\"", "\"auto\""),
            entry("functions", "[]"),
            entry("function_call", "\"none\"", "\"auto\""),
            entry("response_format", "{\"type\":\"text\"}"),
            entry("text_format", "{\"type\":\"text\"}"),
            entry("modalities", "[\"text\"]"),
            entry("audio", NONE),
            entry("reasoning_effort", "\"medium\"", "\"none\""),
            entry("verbosity", "\"medium\""),
            entry("moderation", NONE),
            entry("web_search_options", NONE),
            entry("truncation", "\"disabled\""),
            entry("include", "[]"),
            // vLLM and SGLang
            entry("min_tokens", "0"),
            entry("ignore_eos", "false"),
            entry("stop_token_ids", "[]"),
            entry("skip_special_tokens", "true"),
            entry("spaces_between_special_tokens", "true"),
            entry("include_stop_str_in_output", "false"),
            entry("use_beam_search", "false"),
            entry("length_penalty", "1"),
            entry("early_stopping", "false"),
            entry("add_special_tokens", "true"),
            entry("bad_words", "[]"),
            entry("allowed_token_ids", "[]"),
            entry("logits_processors", "[]"),
            entry("documents", "[]"),
            entry("mm_processor_kwargs", "{}"),
            entry("guided_json", "{}"),
            entry("structured_outputs", "{}"),
            entry("truncate_prompt_tokens", "-1"),
            entry("return_tokens_as_token_ids", "false"),
            entry("return_token_ids", "false"),
            entry("include_reasoning", "true"),
            entry("separate_reasoning", "true"),
            entry("no_stop_trim", "false"),
            entry("kv_transfer_params", "{}"),
            entry("vllm_xargs", "{}"),
            entry("custom_params", "{}"),
            // llama.cpp, text-generation-inference and Hugging Face
            entry("typical_p", "1"),
            entry("typical", "1"),
            entry("tfs_z", "1"),
            entry("top_a", "0"),
            entry("mirostat", "0"),
            entry("dry_multiplier", "0"),
            entry("xtc_probability", "0"),
            entry("no_repeat_ngram_size", "0"),
            entry("num_beams", "1"),
            entry("n_probs", "0"),
            entry("n_keep", "0"),
            entry("watermark", "false"),
            entry("grammar", "\"\""),
            entry("extra_body", "{}"));

    private NeutralValues() {}

    private static Map.Entry<String, List<JsonNode>> entry(String name, String... values) {
        return Map.entry(
                name,
                List.of(values).stream()
                        .filter(value -> !value.isEmpty())
                        .map(JsonMapper.shared()::readTree)
                        .toList());
    }

    /** The values of a parameter that change nothing; absent if there is no such parameter. */
    static Optional<List<JsonNode>> of(String parameter) {
        return Optional.ofNullable(ALL.get(parameter));
    }

    /** Whether a value is one of those that change nothing. */
    static boolean contains(List<JsonNode> neutral, JsonNode value) {
        return value.isNull()
                || value.isContainer() && value.isEmpty()
                || neutral.stream().anyMatch(each -> equal(each, value));
    }

    /** Numbers are compared by value: 0, 0.0 and -0.0 are the same. */
    private static boolean equal(JsonNode one, JsonNode other) {
        return one.isNumber() && other.isNumber() ? one.doubleValue() == other.doubleValue() : one.equals(other);
    }

    /** The values in words, for messages; empty if there is none. */
    static String shown(List<JsonNode> neutral) {
        return neutral.stream().map(JsonNode::toString).collect(Collectors.joining(" or "));
    }
}
