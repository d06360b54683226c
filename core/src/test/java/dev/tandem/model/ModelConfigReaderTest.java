package dev.tandem.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.golden.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelConfigReaderTest {
    @TempDir
    Path temporary;

    @Test
    void keysOfTransformers5SayTheSameAsTheClassicOnes() throws Exception {
        var classic = ModelConfigReader.read(Golden.directory("llama3-tied"));
        var modern = read("""
                {"model_type": "llama", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
                 "num_key_value_heads": 2, "intermediate_size": 56, "vocab_size": 97, "rms_norm_eps": 1e-6,
                 "hidden_act": "silu", "max_position_embeddings": 512, "tie_word_embeddings": true, "dtype": "float32",
                 "bos_token_id": 1, "eos_token_id": 2,
                 "rope_parameters": {"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0,
                   "high_freq_factor": 4.0, "original_max_position_embeddings": 64}}
                """);
        assertThat(modern).isEqualTo(classic);
    }

    @Test
    void partialRotaryFactorOfTransformers5() throws Exception {
        var config = read("""
                {"model_type": "gpt_neox", "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 4,
                 "intermediate_size": 64, "vocab_size": 97,
                 "rope_parameters": {"rope_type": "default", "rope_theta": 10000, "partial_rotary_factor": 0.5}}
                """);
        assertThat(config.rope()).isEqualTo(new Rope(10_000, 4, new Rope.None()));
        assertThat(config.parallelResidual()).isTrue();
    }

    @Test
    void mistralsWindowAppliesToEveryLayerAndQwensToTheLastOnes() throws Exception {
        var mistral = read("""
                {"model_type": "mistral", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
                 "intermediate_size": 64, "vocab_size": 97, "sliding_window": 16}
                """);
        assertThat(mistral.attentionWindows()).containsOnly(OptionalInt.of(16));
        var qwen = read("""
                {"model_type": "qwen2", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
                 "intermediate_size": 64, "vocab_size": 97, "sliding_window": 16, "use_sliding_window": true,
                 "max_window_layers": 1}
                """);
        assertThat(qwen.attentionWindows()).containsExactly(OptionalInt.empty(), OptionalInt.of(16));
    }

    @Test
    void errorsNameTheKeyAndListWhatIsSupported() {
        assertError("{\"model_type\": \"mamba2\"}", "model_type 'mamba2'", "gpt_neox, llama, mistral, qwen2, qwen3");
        assertError("model_type: llama", "config.json:1 is not valid JSON");
        assertError(llama("\"hidden_act\": \"swoosh\""), "hidden_act 'swoosh'", "silu");
        assertError(
                llama("\"rope_scaling\": {\"type\": \"longrope\"}"), "rope type 'longrope'", "default, linear, llama3");
        assertError(llama("\"quantization_config\": {\"quant_method\": \"gptq\"}"), "quantized");
        assertError(llama("\"num_attention_heads\": 7"), "hidden_size 32 is not a multiple of num_attention_heads 7");
        assertError(llama("\"vocab_size\": \"many\""), "'vocab_size' is \"many\"", "integer");
        assertError("{\"model_type\": \"llama\"}", "'hidden_size' is missing");
        assertThatThrownBy(() -> ModelConfigReader.read(temporary.resolve("nowhere")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("does not exist");
    }

    private void assertError(String json, String... parts) {
        var thrown = assertThatThrownBy(() -> read(json)).isInstanceOf(UserException.class);
        for (var part : parts) {
            thrown.hasMessageContaining(part);
        }
    }

    /** A llama config whose last keys win over the first. */
    private static String llama(String override) {
        var key = override.substring(0, override.indexOf(':'));
        var base =
                "\"model_type\": \"llama\", \"hidden_size\": 32, \"num_hidden_layers\": 2, \"num_attention_heads\": 4,"
                        + " \"intermediate_size\": 64, \"vocab_size\": 97";
        return "{" + base.replaceAll(",? ?" + key + ": \\S+?(?=,|$)", "") + ", " + override + "}";
    }

    private ModelConfig read(String json) throws Exception {
        Files.writeString(temporary.resolve("config.json"), json);
        return ModelConfigReader.read(temporary);
    }
}
