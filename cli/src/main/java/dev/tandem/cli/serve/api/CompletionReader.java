package dev.tandem.cli.serve.api;

import dev.tandem.UserException;
import dev.tandem.cli.serve.wire.ApiError;
import dev.tandem.data.rows.Row;
import dev.tandem.inference.AnswerListener;
import dev.tandem.inference.RenderedPrompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Reads requests to {@code /v1/completions}. */
final class CompletionReader {
    private static final Set<String> OWN = Set.of("prompt");
    private static final List<String> LIMITS = List.of("max_tokens");

    private final ServedModel served;
    private final RequestReader reader;

    CompletionReader(ServedModel served, RequestReader reader) {
        this.served = served;
        this.reader = reader;
    }

    /** @throws ApiError.Refusal if it cannot be done */
    ParsedRequest read(byte[] body) {
        var fields = reader.fields(body, OWN);
        var prompt = fields.get("prompt")
                .orElseThrow(() -> ApiError.parameter("prompt", "missing", "The parameter 'prompt' is missing.")
                        .refusal());
        return reader.asked(fields, prompts(fields, prompt));
    }

    private List<ParsedRequest.Prompt> prompts(Fields fields, JsonNode prompt) {
        if (!(prompt instanceof ArrayNode array)) {
            return List.of(prompt(fields, "prompt", prompt));
        }
        if (array.isEmpty()) {
            throw ApiError.parameter(
                            "prompt", "invalid_value", "prompt is empty; at least one token or text is needed.")
                    .refusal();
        }
        if (array.get(0).isNumber()) {
            return List.of(prompt(fields, "prompt", array));
        }
        var bounds = served.engine().settings();
        if (array.size() > bounds.slots() + bounds.queue()) {
            throw ApiError.parameter(
                            "prompt",
                            "too_many_texts",
                            "The request has " + array.size() + " prompts; this server takes at most "
                                    + (bounds.slots() + bounds.queue()) + " texts at a time.")
                    .refusal();
        }
        var result = new ArrayList<ParsedRequest.Prompt>();
        array.forEach(each -> result.add(prompt(fields, "prompt[" + result.size() + "]", each)));
        return result;
    }

    private ParsedRequest.Prompt prompt(Fields fields, String name, JsonNode value) {
        if (value instanceof ArrayNode array) {
            return reader.prompt(fields, "prompt", ids(name, array), new RenderedPrompt("", 0, true), LIMITS);
        }
        if (!value.isString()) {
            throw Fields.wrong(name, "a string or an array of token ids", value);
        }
        var text = Fields.text(name, value);
        PromptLength.check(
                served.model().tokenizer(), "prompt", text, served.engine().longest());
        var prompt = new RenderedPrompt(text, AnswerListener.spacesAtEnd(text), true);
        return reader.prompt(fields, "prompt", encoded(name, text), prompt, LIMITS);
    }

    private int[] encoded(String name, String text) {
        try {
            return served.texts()
                    .encode(new Row(name, JsonMapper.shared().createObjectNode().put("prompt", text)));
        } catch (UserException e) {
            throw ApiError.parameter("prompt", "invalid_value", String.valueOf(e.getMessage()))
                    .refusal();
        }
    }

    private int[] ids(String name, ArrayNode array) {
        var vocabulary = served.model().model().spec().vocabSize();
        var result = new int[array.size()];
        if (result.length == 0) {
            throw ApiError.parameter("prompt", "invalid_value", name + " is empty; at least one token is needed.")
                    .refusal();
        }
        for (var i = 0; i < result.length; i++) {
            var id = array.get(i);
            if (!id.isIntegralNumber()) {
                throw Fields.wrong(name + "[" + i + "]", "a token id", id);
            }
            if (!id.canConvertToInt() || id.intValue() < 0 || id.intValue() >= vocabulary) {
                throw ApiError.parameter(
                                "prompt",
                                "invalid_value",
                                name + "[" + i + "] is not a token of the model; it has 0 to " + (vocabulary - 1) + ".")
                        .refusal();
            }
            result[i] = id.intValue();
        }
        return result;
    }
}
