package dev.tandem.cli.serve.api;

import dev.tandem.UserException;
import dev.tandem.cli.serve.wire.ApiError;
import dev.tandem.inference.RenderedPrompt;
import dev.tandem.model.generation.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Reads the parts of requests that both endpoints share. */
final class RequestReader {
    private static final int DEPTH = 64;
    private static final int MAX_COPIES = 128;
    private static final int MAX_STOPS = 16;
    private static final int LONGEST_STOP = 1000;

    private final ServedModel served;
    private final JsonMapper json = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH)
                            .maxNumberLength(50)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    RequestReader(ServedModel served) {
        this.served = served;
    }

    /**
     * The fields of a request to the served model.
     *
     * @param own the parameters of its endpoint only
     * @throws ApiError.Refusal if the body is not a JSON object, names another model, or has an unsupported parameter
     */
    Fields fields(byte[] body, Set<String> own) {
        var fields = fields(body);
        Parameters.check(fields, own);
        checkModel(fields);
        return fields;
    }

    private Fields fields(byte[] body) {
        JsonNode root;
        try {
            root = json.readTree(body);
        } catch (JacksonException e) {
            throw ApiError.request(400, "The body of the request " + problem(e) + ".")
                    .refusal();
        }
        if (root == null || root.isMissingNode()) {
            throw ApiError.request(400, "The request has no body; a JSON object was expected.")
                    .refusal();
        }
        return Fields.of(root, "");
    }

    /** A message of our own, because the parser's messages name its classes. */
    private static String problem(JacksonException e) {
        if (e instanceof StreamConstraintsException) {
            return "is nested more than " + DEPTH + " deep, or has a number or name beyond every limit";
        }
        if (e instanceof DatabindException) {
            return "is not valid JSON: there is text after its end";
        }
        var place = "line " + e.getLocation().getLineNr() + ", column "
                + e.getLocation().getColumnNr();
        return String.valueOf(e.getOriginalMessage()).startsWith("Duplicate")
                ? "names a field twice (" + place + ")"
                : "is not valid JSON (" + place + ")";
    }

    /** Checks that the requested model is the one that is served. */
    private void checkModel(Fields fields) {
        var model = fields.text("model")
                .orElseThrow(() -> ApiError.parameter("model", "missing", "The parameter 'model' is missing.")
                        .refusal());
        if (!model.equals(served.name())) {
            throw ApiError.model(model.length() > 100 ? model.substring(0, 100) + "…" : model, served.name())
                    .refusal();
        }
    }

    /** Reads all of a request except its prompts. */
    ParsedRequest asked(Fields fields, List<ParsedRequest.Prompt> prompts) {
        var stream = fields.flag("stream").orElse(false);
        var options = fields.get("stream_options").map(value -> Fields.of(value, "stream_options"));
        var usage = options.flatMap(o -> o.flag("include_usage")).orElse(false);
        if (usage && !stream) {
            throw ApiError.parameter("stream_options", "invalid_value", "stream_options are for 'stream': true only.")
                    .refusal();
        }
        var result = new ParsedRequest(
                prompts,
                (int) (long) fields.longInteger("n", 1, MAX_COPIES).orElse(1L),
                sampling(fields),
                stops(fields).orElse(served.defaults().stops()),
                fields.longInteger("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                stream,
                usage);
        var bounds = served.engine().settings();
        if (result.texts() > bounds.slots() + bounds.queue()) {
            throw ApiError.parameter(
                            "n",
                            "too_many_texts",
                            "The request asks for " + result.texts() + " texts; this server takes at most "
                                    + (bounds.slots() + bounds.queue()) + " at a time.")
                    .refusal();
        }
        return result;
    }

    private Sampling sampling(Fields fields) {
        var base = served.defaults().sampling();
        var topK = fields.longInteger("top_k", -1, Integer.MAX_VALUE).map(k -> (int) Math.max(0, k));
        try {
            return new Sampling(
                    fields.number("temperature", 0, 100).orElse(base.temperature()),
                    topK.orElse(base.topK()),
                    fields.number("top_p", 0, 1).orElse(base.topP()),
                    fields.number("min_p", 0, 1).orElse(base.minP()),
                    fields.number("repetition_penalty", 0, 100).orElse(base.repetitionPenalty()));
        } catch (UserException e) {
            throw ApiError.request(400, String.valueOf(e.getMessage())).refusal();
        }
    }

    private static Optional<List<String>> stops(Fields fields) {
        return fields.get("stop").flatMap(value -> {
            var stops = new ArrayList<String>();
            if (value instanceof ArrayNode array) {
                array.forEach(stop -> stops.add(Fields.text("stop[" + stops.size() + "]", stop)));
            } else if (value.isString()) {
                stops.add(Fields.text("stop", value));
            } else {
                throw Fields.wrong("stop", "a string or an array of strings", value);
            }
            stops.removeIf(String::isEmpty); // a text without characters ends nothing
            if (stops.size() > MAX_STOPS || stops.stream().anyMatch(s -> s.length() > LONGEST_STOP)) {
                throw ApiError.parameter(
                                "stop",
                                "invalid_value",
                                "stop takes up to " + MAX_STOPS + " texts of up to " + LONGEST_STOP + " characters.")
                        .refusal();
            }
            return Optional.of(stops).filter(all -> !all.isEmpty());
        });
    }

    /**
     * A prompt with the requested number of new tokens, or with as many as fit if the request names no number.
     *
     * @param param the name of the prompt's parameter
     * @param text the prompt's text
     * @param limits names of the parameters that limit new tokens
     */
    ParsedRequest.Prompt prompt(Fields fields, String param, int[] ids, RenderedPrompt text, List<String> limits) {
        var asked = limits.stream()
                .flatMap(name -> fields.longInteger(name, 1, Integer.MAX_VALUE).stream())
                .findFirst();
        var longest = served.engine().longest();
        var capacity = longest - ids.length;
        var wanted = asked.orElse((long) Math.min(served.defaults().maxNewTokens(), Math.max(1, capacity)));
        if (wanted > capacity) {
            throw ApiError.parameter(
                            param,
                            "context_length_exceeded",
                            "This model's maximum context length is " + longest + " tokens. However, you requested "
                                    + (ids.length + wanted) + " tokens (" + ids.length + " in the " + param + ", "
                                    + wanted + " in the completion). Reduce the length of one of them.")
                    .refusal();
        }
        return new ParsedRequest.Prompt(ids, text.spaces(), text.continued(), (int) (long) wanted);
    }
}
