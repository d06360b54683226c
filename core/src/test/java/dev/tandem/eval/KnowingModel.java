package dev.tandem.eval;

import dev.tandem.AtomicFiles;
import dev.tandem.data.TextTokenizer;
import dev.tandem.data.bpe.BpeTrainer;
import dev.tandem.data.bpe.TokenizerFiles;
import dev.tandem.model.generation.TextModel;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Devices;
import dev.tandem.tensor.NativeSetup;
import dev.tandem.tensor.SafetensorsWriter;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A model whose weights are set by hand: it answers A, B, C or D if its prompt contains a 0, 1, 2 or 3. Its attention
 * weighs all tokens equally and passes on their identity; each digit is a direction of its own, and so is each
 * letter's.
 */
final class KnowingModel {
    private static final int WIDTH = 8;
    private static final int VOCABULARY = 300;
    private static final int KNOWN = 4;

    private KnowingModel() {}

    static TextModel open(Path folder) {
        NativeSetup.ensure();
        var tokens = BpeTrainer.train(
                List.of("Answer: A Answer: B Answer: C Answer: D"), VOCABULARY, List.of("<s>", "</s>"));
        TokenizerFiles.write(
                tokens,
                new TokenizerFiles.Roles(
                        Optional.of("<s>"), Optional.of("</s>"), Optional.empty(), Optional.empty(), 512),
                folder);
        AtomicFiles.write(folder.resolve("config.json"), """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 300, "hidden_size": 8,
                 "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2,
                 "max_position_embeddings": 400, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu",
                 "tie_word_embeddings": false, "torch_dtype": "float32"}
                """);
        try (var tokenizer = TextTokenizer.load(folder);
                var owner = new TensorOwner()) {
            SafetensorsWriter.write(folder.resolve("model.safetensors"), weights(tokenizer, owner), DType.F32);
        }
        return TextModel.open(folder, Optional.empty(), "cpu", DType.F32);
    }

    private static Map<String, Tensor> weights(TextTokenizer tokenizer, TensorOwner owner) {
        var embeddings = new float[VOCABULARY * WIDTH];
        for (var token = 0; token < VOCABULARY; token++) {
            embeddings[token * WIDTH + WIDTH - 1] = 1;
        }
        var head = new float[VOCABULARY * WIDTH];
        for (var known = 0; known < KNOWN; known++) {
            var digit = last(tokenizer, "" + known);
            embeddings[digit * WIDTH + WIDTH - 1] = 0;
            embeddings[digit * WIDTH + known] = 1;
            head[last(tokenizer, " " + Question.letter(known)) * WIDTH + known] = 50;
        }
        var nothing = new float[WIDTH * WIDTH];
        var same = new float[WIDTH * WIDTH];
        var ones = new float[WIDTH];
        for (var i = 0; i < WIDTH; i++) {
            same[i * WIDTH + i] = 1;
            ones[i] = 1;
        }
        var layer = "model.layers.0.";
        var result = new LinkedHashMap<String, Tensor>();
        put(result, owner, "model.embed_tokens.weight", embeddings, VOCABULARY, WIDTH);
        put(result, owner, layer + "input_layernorm.weight", ones, WIDTH);
        put(result, owner, layer + "post_attention_layernorm.weight", ones, WIDTH);
        for (var name :
                List.of("self_attn.q_proj", "self_attn.k_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj")) {
            put(result, owner, layer + name + ".weight", nothing, WIDTH, WIDTH);
        }
        put(result, owner, layer + "self_attn.v_proj.weight", same, WIDTH, WIDTH);
        put(result, owner, layer + "self_attn.o_proj.weight", same, WIDTH, WIDTH);
        put(result, owner, "model.norm.weight", ones, WIDTH);
        put(result, owner, "lm_head.weight", head, VOCABULARY, WIDTH);
        return result;
    }

    private static int last(TextTokenizer tokenizer, String text) {
        var ids = tokenizer.encodeContinuation(text);
        return ids[ids.length - 1];
    }

    private static void put(Map<String, Tensor> to, TensorOwner owner, String name, float[] values, long... shape) {
        to.put(name, owner.own(Tensors.of(values, Devices.of("cpu"), shape)));
    }
}
