package dev.tandem.eval;

import dev.tandem.AtomicFiles;
import dev.tandem.data.bpe.BpeTrainer;
import dev.tandem.data.bpe.TokenizerFiles;
import dev.tandem.model.RandomInitialization;
import dev.tandem.model.generation.TextModel;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.NativeSetup;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A small Llama of random weights, a byte-level tokenizer and a chat template: it generates text without meaning. */
public final class TinyTextModel {
    private static final String TEMPLATE =
            "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}{{ eos_token }}{% endfor %}"
                    + "{% if add_generation_prompt %}<|assistant|>{% endif %}";

    private TinyTextModel() {}

    /** Writes its folder. */
    public static Path write(Path folder) {
        NativeSetup.ensure();
        var model = BpeTrainer.train(
                List.of("the hill over the hill", "a line about the sea"), 300, List.of("<s>", "</s>"));
        var roles = new TokenizerFiles.Roles(
                Optional.of("<s>"), Optional.of("</s>"), Optional.empty(), Optional.of(TEMPLATE), 512);
        TokenizerFiles.write(model, roles, folder);
        AtomicFiles.write(folder.resolve("config.json"), """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 300, "hidden_size": 32,
                 "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
                 "max_position_embeddings": 400, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu",
                 "tie_word_embeddings": true, "torch_dtype": "float32"}
                """);
        RandomInitialization.write(folder, 5);
        return folder;
    }

    /** Opens it. */
    public static TextModel open(Path folder) {
        return TextModel.open(write(folder), Optional.empty(), "cpu", DType.F32);
    }
}
