package dev.tandem.experiment;

import dev.tandem.AtomicFiles;
import dev.tandem.data.TextTokenizer;
import dev.tandem.model.ModelWriter;
import dev.tandem.model.RandomInitialization;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** The demo's model before training, and the rows for its pre-training. */
final class DemoModel {
    private static final double FEED_FORWARD_RATIO = 8.0 / 3;

    private DemoModel() {}

    /** Writes a Llama-architecture model with random weights and the world's tokenizer. */
    static void write(Path directory, Path tokenizer, DemoSettings settings, int vocabSize) {
        ModelWriter.copyTokenizer(tokenizer, directory);
        var config = new LinkedHashMap<String, Object>();
        config.put("architectures", List.of("LlamaForCausalLM"));
        config.put("model_type", "llama");
        config.put("vocab_size", vocabSize);
        config.put("hidden_size", settings.hiddenSize());
        config.put("intermediate_size", (int) Math.round(settings.hiddenSize() * FEED_FORWARD_RATIO / 16) * 16);
        config.put("num_hidden_layers", settings.layers());
        config.put("num_attention_heads", settings.hiddenSize() / DemoSettings.HEAD_SIZE);
        config.put("num_key_value_heads", settings.hiddenSize() / DemoSettings.HEAD_SIZE);
        config.put("max_position_embeddings", DemoSettings.CONTEXT);
        config.put("rms_norm_eps", 1e-5);
        config.put("rope_theta", 10000.0);
        config.put("hidden_act", "silu");
        config.put("tie_word_embeddings", true);
        config.put("torch_dtype", "float32");
        AtomicFiles.write(
                directory.resolve("config.json"),
                JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(config) + "\n");
        RandomInitialization.write(directory, settings.seed());
    }

    /**
     * Writes the corpus as rows of equal length in the tokens format: documents end with the end-of-sequence token and
     * are concatenated.
     */
    static void writePretrainingRows(Path target, List<String> corpus, TextTokenizer tokenizer) {
        var lines = new StringBuilder();
        var row = new ArrayList<Integer>(DemoSettings.CONTEXT);
        for (var document : corpus) {
            for (var id : withEnd(tokenizer, document)) {
                row.add(id);
                if (row.size() == DemoSettings.CONTEXT) {
                    lines.append("{\"input_ids\": ").append(row).append(", \"prompt_length\": 0}\n");
                    row.clear();
                }
            }
        }
        AtomicFiles.write(target, lines.toString());
    }

    private static int[] withEnd(TextTokenizer tokenizer, String document) {
        var ids = tokenizer.encode(document);
        var result = java.util.Arrays.copyOf(ids, ids.length + 1);
        result[ids.length] = tokenizer.eos();
        return result;
    }
}
