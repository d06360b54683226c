package dev.tandem.cli;

import dev.tandem.data.bpe.BpeTrainer;
import dev.tandem.data.bpe.TokenizerFiles;
import dev.tandem.io.AtomicFiles;
import dev.tandem.model.checkpoint.RandomInitialization;
import dev.tandem.tensor.machine.NativeSetup;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A small Llama of random weights with a byte-level tokenizer; its texts are meaningless. */
public final class TinyModel {
    /** A chat template. */
    public static final String TEMPLATE =
            "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}{{ eos_token }}{% endfor %}"
                    + "{% if add_generation_prompt %}<|assistant|>{% endif %}";

    private TinyModel() {}

    /** Writes its folder without a chat template; existing files are replaced. */
    public static Path write(Path model) {
        return write(model, Optional.empty());
    }

    /** Writes its folder. @param template of chats, if it is to have one */
    public static Path write(Path model, Optional<String> template) {
        NativeSetup.ensure();
        var tokens = BpeTrainer.train(List.of("the hill over the hill", "a line"), 300, List.of("<s>", "</s>"));
        TokenizerFiles.write(
                tokens,
                new TokenizerFiles.Roles(Optional.of("<s>"), Optional.of("</s>"), Optional.empty(), template, 512),
                model);
        AtomicFiles.write(model.resolve("config.json"), """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 300, "hidden_size": 32,
                 "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
                 "max_position_embeddings": 4000, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu",
                 "tie_word_embeddings": true, "torch_dtype": "float32"}
                """);
        RandomInitialization.write(model, 5);
        return model;
    }
}
