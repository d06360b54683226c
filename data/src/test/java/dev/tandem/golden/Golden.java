package dev.tandem.golden;

import dev.tandem.data.example.Example;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.stream.BatchStream;
import dev.tandem.data.stream.StreamState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The golden values under {@code golden/} of the test resources; its README says what they are. */
public final class Golden {
    public static final List<String> FAMILIES = List.of(
            "gpt-neox", "gpt-neox-sequential", "llama", "llama3-tied", "llama-bias", "mistral", "qwen2", "qwen3");

    /** Those whose values transformers computed. */
    public static final List<String> OF_TRANSFORMERS = List.of("gemma3");

    /** The same for the types of rotary embeddings that one model may have. */
    public static final List<String> ROPE_TYPES = List.of("llama-linear", "llama-llama3", "llama-yarn");

    private Golden() {}

    /** Folder of a golden case. */
    public static Path directory(String name) {
        return Path.of("../testdata/golden", name);
    }

    /** {@code golden.json} of a family. */
    public static JsonNode values(String family) {
        return json(directory(family).resolve("golden.json"));
    }

    public static JsonNode json(Path file) {
        try {
            return JsonMapper.shared().readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Rows as examples of one sequence. */
    public static List<Example> rows(JsonNode rows) {
        var result = new ArrayList<Example>();
        for (var row : rows) {
            var sequence = TokenSequence.of(
                    ints(row.get("input_ids")), row.get("prompt_length").intValue());
            result.add(new Example(result.size(), List.of(sequence)));
        }
        return result;
    }

    /** A stream that is never drawn from. */
    public static BatchStream noStream() {
        return new BatchStream() {
            @Override
            public List<Example> peek() {
                throw new AssertionError("not to be drawn from");
            }

            @Override
            public List<Example> take() {
                throw new AssertionError("not to be drawn from");
            }

            @Override
            public StreamState state() {
                throw new AssertionError("not to be drawn from");
            }

            @Override
            public void restore(StreamState state) {
                throw new AssertionError("not to be drawn from");
            }
        };
    }

    /** Pairs as examples of two sequences, chosen first. */
    public static List<Example> pairs(JsonNode pairs) {
        var result = new ArrayList<Example>();
        for (var pair : pairs) {
            var prompt = ints(pair.get("prompt_ids"));
            result.add(new Example(
                    result.size(),
                    List.of(
                            joined(prompt, ints(pair.get("chosen_ids"))),
                            joined(prompt, ints(pair.get("rejected_ids"))))));
        }
        return result;
    }

    public static List<TokenSequence> sequences(List<Example> examples) {
        return examples.stream().flatMap(e -> e.sequences().stream()).toList();
    }

    public static double[] doubles(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToDouble(JsonNode::doubleValue)
                .toArray();
    }

    public static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }

    public static Map<String, Double> numbers(JsonNode object) {
        var result = new LinkedHashMap<String, Double>();
        object.propertyStream().forEach(e -> result.put(e.getKey(), e.getValue().doubleValue()));
        return result;
    }

    /** For {@code @MethodSource}. */
    public static Stream<String> families() {
        return FAMILIES.stream();
    }

    /** Every family's checkpoint, for what must hold of all. */
    public static Stream<String> models() {
        return Stream.concat(FAMILIES.stream(), OF_TRANSFORMERS.stream());
    }

    private static TokenSequence joined(int[] prompt, int[] response) {
        var ids = java.util.Arrays.copyOf(prompt, prompt.length + response.length);
        System.arraycopy(response, 0, ids, prompt.length, response.length);
        return TokenSequence.of(ids, prompt.length);
    }
}
