package dev.tandem.model.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.golden.Golden;
import dev.tandem.model.config.AttentionSpec;
import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.config.Rope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ModelFamiliesTest {
    private static final long SEED = 20_250_117;

    @TempDir
    Path temporary;

    @Test
    void keysOfTransformers5SayTheSameAsTheClassicOnes() throws Exception {
        var classic = ModelFamilies.read(Golden.directory("llama3-tied"));
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
        assertThat(config.attentions().get(0).rope()).isEqualTo(new Rope(10_000, 4, new Rope.None()));
        assertThat(config.blocks().get(0).parallel()).isTrue();
    }

    @Test
    void mistralsWindowAppliesToEveryLayerAndQwensToTheLastOnes() throws Exception {
        var mistral = read("""
                {"model_type": "mistral", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
                 "intermediate_size": 64, "vocab_size": 97, "sliding_window": 16}
                """);
        assertThat(windows(mistral)).containsOnly(OptionalInt.of(16));
        var qwen = read("""
                {"model_type": "qwen2", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
                 "intermediate_size": 64, "vocab_size": 97, "sliding_window": 16, "use_sliding_window": true,
                 "max_window_layers": 1}
                """);
        assertThat(windows(qwen)).containsExactly(OptionalInt.empty(), OptionalInt.of(16));
    }

    @Test
    void errorsNameTheKeyAndListWhatIsSupported() {
        assertError("{\"model_type\": \"mamba2\"}", "model_type 'mamba2'", "gpt_neox, llama, mistral, qwen2, qwen3");
        assertError("model_type: llama", "config.json:1 is not valid JSON");
        assertError(llama("\"hidden_act\": \"swoosh\""), "hidden_act 'swoosh'", "silu");
        assertError(
                llama("\"rope_scaling\": {\"type\": \"longrope\"}"),
                "rope type 'longrope'",
                "default, dynamic, linear, llama3, yarn");
        assertError(llama("\"quantization_config\": {\"quant_method\": \"gptq\"}"), "quantized");
        assertError(llama("\"num_attention_heads\": 7"), "hidden_size 32 is not a multiple of num_attention_heads 7");
        assertError(llama("\"vocab_size\": \"many\""), "'vocab_size' is \"many\"", "integer");
        assertError("{\"model_type\": \"llama\"}", "'hidden_size' is missing");
        assertThatThrownBy(() -> ModelFamilies.read(temporary.resolve("nowhere")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("does not exist");
    }

    @ParameterizedTest
    @MethodSource("dev.tandem.golden.Golden#families")
    void everyFamilyReadsAlikeWithTheKeysOfTransformers5(String family) throws Exception {
        var classic = ModelFamilies.read(Golden.directory(family));
        var json = (ObjectNode) Golden.json(Golden.directory(family).resolve("config.json"));
        var rope = json.objectNode().put("rope_type", "default");
        if (json.remove("rope_scaling") instanceof ObjectNode scaling) {
            rope.setAll(scaling);
        }
        moved(json, "rope_theta").or(() -> moved(json, "rotary_emb_base")).ifPresent(v -> rope.set("rope_theta", v));
        moved(json, "rotary_pct").ifPresent(v -> rope.set("partial_rotary_factor", v));
        moved(json, "torch_dtype").ifPresent(v -> json.set("dtype", v));
        json.set("rope_parameters", rope);
        assertThat(read(json.toString())).isEqualTo(classic);
    }

    @Test
    void windowsFollowTheFamilysRules() throws Exception {
        var full = OptionalInt.empty();
        var sixteen = OptionalInt.of(16);
        // Mistral: null means no window, and absent means the default; layer_types and use_sliding_window are ignored
        assertThat(windows("mistral", "\"sliding_window\": null")).containsExactly(full, full);
        assertThat(windows("mistral", "\"pad_token_id\": 0")).containsOnly(OptionalInt.of(4096));
        // Qwen: off unless switched on, and then from max_window_layers on, or according to layer_types
        assertThat(windows("qwen2", "\"sliding_window\": 16")).containsExactly(full, full);
        assertThat(windows("qwen3", "\"sliding_window\": 16, \"use_sliding_window\": true, \"max_window_layers\": 0"))
                .containsExactly(sixteen, sixteen);
        assertThat(windows("qwen2", "\"sliding_window\": 16, \"use_sliding_window\": true"))
                .containsExactly(full, full);
        assertThat(windows("qwen2", "\"sliding_window\": null, \"use_sliding_window\": true, \"max_window_layers\": 0"))
                .containsExactly(full, full);
        assertThat(windows(
                        "qwen3",
                        "\"sliding_window\": 16, \"use_sliding_window\": true,"
                                + " \"layer_types\": [\"sliding_attention\", \"full_attention\"]"))
                .containsExactly(sixteen, full);
        // the others have no window, regardless of their config
        assertThat(windows("llama", "\"sliding_window\": 16, \"use_sliding_window\": true"))
                .containsExactly(full, full);

        assertError(with("qwen2", "\"layer_types\": [\"full_attention\"]"), "layer_types has 1 entries; 2");
        assertError(
                with("qwen2", "\"layer_types\": [\"full_attention\", \"linear_attention\"]"),
                "'linear_attention'",
                "full_attention, sliding_attention");
        assertError(with("mistral", "\"sliding_window\": 0"), "'sliding_window' is 0; a positive integer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hidden_size",
                "num_hidden_layers",
                "num_attention_heads",
                "num_key_value_heads",
                "intermediate_size",
                "vocab_size",
                "head_dim",
                "max_position_embeddings"
            })
    void countsThatCountNothingNameTheirKey(String key) {
        for (var value :
                List.of("0", "-4", "32.0", "3.5", "true", "[4]", "{}", "\"4\"", "1e3", "99999999999999999999")) {
            assertError(llama("\"" + key + "\": " + value), "config.json: key '" + key + "' is ", "integer");
        }
        if (!key.equals("max_position_embeddings")) {
            assertError(llama("\"" + key + "\": 2147483647"), "'" + key + "' is 2147483647; at most ");
        }
    }

    @Test
    void ropeSettingsMustMakeFrequencies() {
        for (var value : List.of("0", "-1.0", "\"big\"", "1e999", "false")) {
            assertError(llama("\"rope_theta\": " + value), "'rope_theta' is ", "number was expected");
        }
        for (var value : List.of("NaN", "Infinity", "-Infinity")) {
            assertError(llama("\"rope_theta\": " + value), "config.json:1 is not valid JSON");
        }
        assertError(llama("\"rope_scaling\": {\"type\": \"linear\"}"), "'rope_scaling.factor' is missing");
        assertError(llama("\"rope_scaling\": {\"type\": \"linear\", \"factor\": 0}"), "'rope_scaling.factor' is 0");
        assertError(llama("\"rope_scaling\": \"linear\""), "'rope_scaling' is \"linear\"; an object");
        var llama3 = "\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 4,"
                + " \"high_freq_factor\": 4, \"original_max_position_embeddings\": 64}";
        assertError(llama(llama3), "'rope_scaling.high_freq_factor' is 4; a number above low_freq_factor 4.0");
        assertError(
                llama("\"rope_parameters\": {\"sliding_attention\": {\"rope_theta\": 1e4}}"),
                "differ by kind of layer ('sliding_attention')");
        assertError(with("gpt_neox", "\"rotary_pct\": 0.1"), "would rotate 0 of the head's 8 dimensions");
        assertError(with("gpt_neox", "\"rotary_pct\": 2"), "would rotate 16 of");
        assertError(with("gpt_neox", "\"rotary_pct\": -1"), "would rotate -8 of");
        assertError(
                llama("\"partial_rotary_factor\": 0.5, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 2}"),
                "'partial_rotary_factor' is 0.5; 1, or no such key");
        assertError(
                with(
                        "gemma3_text",
                        "\"rope_parameters\": {\"full_attention\": {\"rope_type\": \"yarn\","
                                + " \"factor\": 2, \"truncate\": false}}"),
                "'rope_parameters.full_attention.truncate' is false");
    }

    @Test
    void ropeScalingReplacesRopeParameters() throws Exception {
        var parameters = "\"rope_parameters\": {\"rope_type\": \"linear\", \"factor\": 2, \"rope_theta\": 5e5}, ";
        assertThat(rope("llama", parameters + "\"rope_scaling\": {}")).isEqualTo(new Rope(5e5, 8, new Rope.Linear(2)));
        assertThat(rope("llama", parameters + "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 4}"))
                .isEqualTo(new Rope(10_000, 8, new Rope.Linear(4)));
        assertThat(rope("qwen2", parameters + "\"rope_theta\": 1e6, \"rope_scaling\": {\"rope_type\": \"default\"}"))
                .isEqualTo(new Rope(1e6, 8, new Rope.None()));
        assertThat(rope("gpt_neox", parameters + "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 4}"))
                .isEqualTo(new Rope(10_000, 2, new Rope.Linear(4)));
        assertError(llama(parameters + "\"rope_scaling\": {\"rope_type\": \"longrope\"}"), "rope type 'longrope'");
    }

    @Test
    void gemmasRopeScalingIsMergedIntoThatOfItsFullLayers() throws Exception {
        var parameters = "\"sliding_window_pattern\": 2, \"rope_parameters\": {\"full_attention\":"
                + " {\"rope_type\": \"linear\", \"factor\": 2, \"rope_theta\": 5e5}}, ";
        assertThat(read(with("gemma3_text", parameters + "\"rope_scaling\": {\"factor\": 8}")).attentions().stream()
                        .map(AttentionSpec::rope))
                .containsExactly(new Rope(10_000, 256, new Rope.None()), new Rope(5e5, 256, new Rope.Linear(8)));
        // transformers 5 writes rope_type into the object before it merges, so that type has no effect
        assertThat(rope(
                        "gemma3_text",
                        "\"layer_types\": [\"full_attention\", \"full_attention\"],"
                                + " \"rope_scaling\": {\"type\": \"linear\", \"factor\": 8}"))
                .isEqualTo(new Rope(1e6, 256, new Rope.None()));
    }

    @Test
    void pretrainingContextIsTheModelsOwnKeyFirst() throws Exception {
        var yarn = "\"max_position_embeddings\": 256, \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4";
        assertThat(original(rope("llama", yarn + "}"))).isEqualTo(256);
        assertThat(original(rope("llama", yarn + ", \"original_max_position_embeddings\": 64}")))
                .isEqualTo(64);
        assertThat(original(rope(
                        "llama",
                        "\"original_max_position_embeddings\": 32, " + yarn
                                + ", \"original_max_position_embeddings\": 64}")))
                .isEqualTo(32);
        assertThat(rope("llama", yarn + ", \"mscale\": 1.0, \"mscale_all_dim\": 0.5}")
                        .attentionFactor())
                .isCloseTo((float) ((0.1 * Math.log(4) + 1) / (0.05 * Math.log(4) + 1)), within(1e-6f));
        assertThat(rope("llama", yarn + ", \"attention_factor\": 0.5}").attentionFactor())
                .isEqualTo(0.5f);
        assertThat(rope("llama", yarn + "}").attentionFactor())
                .isCloseTo((float) (0.1 * Math.log(4) + 1), within(1e-6f));
    }

    private static int original(Rope rope) {
        return ((Rope.Yarn) rope.scaling()).originalMaxPositions();
    }

    private Rope rope(String type, String keys) throws Exception {
        return read(with(type, keys)).attentions().get(0).rope();
    }

    @Test
    void keysThatAFamilyDoesNotHaveAreIgnoredAndNamed() throws Exception {
        var partial = "\"partial_rotary_factor\": 0.5";
        assertThat(rope("llama", partial)).isEqualTo(new Rope(10_000, 8, new Rope.None()));
        assertThat(ignored("llama", partial))
                .containsExactly("partial_rotary_factor 0.5 is ignored: heads of a llama model are rotated whole");
        assertThat(ignored("qwen3", "\"rope_parameters\": {" + partial + "}"))
                .containsExactly(
                        "rope_parameters.partial_rotary_factor 0.5 is ignored: heads of a qwen3 model are rotated whole");
        assertThat(ignored(
                        "llama",
                        "\"rope_parameters\": {\"rope_theta\": 5e5},"
                                + " \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4}"))
                .containsExactly("rope_parameters is ignored: rope_scaling replaces it");
        assertThat(rope("gpt_neox", partial + ", \"rope_theta\": 5e5")).isEqualTo(new Rope(10_000, 2, new Rope.None()));
        assertThat(ignored("gpt_neox", partial + ", \"rope_theta\": 5e5")).hasSize(2);
        assertThat(ignored("gpt_neox", "\"rotary_emb_base\": 5e5, \"rope_theta\": 5e5"))
                .isEmpty();
        assertThat(ParameterLayout.of(read(with(
                                "mistral",
                                "\"num_key_value_heads\": 4, \"attention_bias\": true," + " \"mlp_bias\": true")))
                        .parameters())
                .noneMatch(parameter -> parameter.name().endsWith(".bias"));
    }

    @Test
    void dropoutsThatTrainingDoesNotApplyAreListed() throws Exception {
        ignored(
                "gpt_neox",
                "\"hidden_dropout\": 0.1, \"attention_dropout\": 0.0, \"classifier_dropout\": 0.1,"
                        + " \"resid_pdrop\": 0.2, \"embd_pdrop\": null");
        assertThat(IgnoredKeys.dropouts(ConfigJson.read(temporary.resolve("config.json"))))
                .containsExactly("hidden_dropout 0.1", "resid_pdrop 0.2");
    }

    private List<String> ignored(String type, String keys) throws Exception {
        Files.writeString(temporary.resolve("config.json"), with(type, keys));
        return IgnoredKeys.of(ConfigJson.read(temporary.resolve("config.json")));
    }

    @Test
    void otherSettingsMustMakeSense() {
        assertError(llama("\"rms_norm_eps\": 0"), "'rms_norm_eps' is 0; a positive number");
        assertError(
                llama("\"num_key_value_heads\": 3"),
                "num_attention_heads 4 is not a multiple of num_key_value_heads 3");
        assertError(
                llama("\"num_key_value_heads\": 8"),
                "num_attention_heads 4 is not a multiple of num_key_value_heads 8");
        assertError(llama("\"head_dim\": 1048576"), "wider together than");
        assertError(llama("\"eos_token_id\": [1, 9999999999]"), "'eos_token_id'", "integer");
        assertError(llama("\"eos_token_id\": 9999999999"), "'eos_token_id'", "integer");
        assertError(llama("\"tie_word_embeddings\": 1"), "'tie_word_embeddings' is 1; true or false");
        assertError(llama("\"vocab_size\": 5, \"vocab_size\": 6"), "Duplicate", "vocab_size");
        assertError("{\"model_type\": null}", "'model_type' is missing");
        assertError("{\"model_type\": \"\\u001b[2J\"}", "model_type '\\u001b[2J'");
        assertError("[]", "is not a JSON object");
        assertError("", "is not");
        assertError("{\"a\":".repeat(5000), "is not valid JSON");
    }

    @Test
    void gemmasLayersAreNamedOrCountedAndHaveARotaryEmbeddingEach() throws Exception {
        var full = OptionalInt.empty();
        var window = OptionalInt.of(8);
        assertThat(windows("gemma3_text", "\"sliding_window\": 8, \"sliding_window_pattern\": 2"))
                .containsExactly(window, full);
        assertThat(windows("gemma3_text", "\"sliding_window\": 8")).containsExactly(window, window);
        var named = read(with(
                "gemma3_text",
                "\"sliding_window\": 8, \"layer_types\": [\"full_attention\", \"sliding_attention\"],"
                        + " \"rope_theta\": 5e5, \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 8.0}"));
        assertThat(windows(named)).containsExactly(full, window);
        // the scaling applies to the layers that see everything
        assertThat(named.attentions().stream().map(AttentionSpec::rope))
                .containsExactly(new Rope(5e5, 256, new Rope.Linear(8)), new Rope(10_000, 256, new Rope.None()));
        assertThat(read(with("gemma3_text", "\"query_pre_attn_scalar\": 64, \"num_key_value_heads\": 2"))
                        .attentions())
                .allSatisfy(attention -> {
                    assertThat(attention.ownScale()).hasValue(1 / 8.0);
                    assertThat(attention.kvHeads()).isEqualTo(2);
                });
        assertError(with("gemma3_text", "\"attn_logit_softcapping\": 50.0"), "'attn_logit_softcapping' is 50.0; null");
        assertError(with("gemma3_text", "\"use_bidirectional_attention\": true"), "'use_bidirectional_attention'");
        assertError(
                with("gemma3_text", "\"rope_parameters\": {\"rope_theta\": 1e4}"),
                "'rope_parameters.rope_theta' is 10000.0; an object for each kind of layer");
        assertThat(read(with("gemma3_text", "\"final_logit_softcapping\": 30.0"))
                        .head()
                        .softCap())
                .hasValue(30);
    }

    @Test
    void anyValueOfAnyKeyIsReadOrExplained() throws Exception {
        var values = List.of(
                "null",
                "true",
                "0",
                "1",
                "2",
                "-7",
                "64",
                "65536",
                "1048576",
                "2147483647",
                "2147483648",
                "0.5",
                "1e400",
                "-1e-400",
                "\"\"",
                "\"gelu\"",
                "[]",
                "[1]",
                "[\"x\"]",
                "{}",
                "{\"rope_type\": \"linear\"}");
        var random = new SplittableRandom(SEED);
        var models = Golden.models().toList();
        var readable = 0;
        for (var round = 0; round < 1500; round++) {
            var family = models.get(random.nextInt(models.size()));
            var json = (ObjectNode) Golden.json(Golden.directory(family).resolve("config.json"));
            var keys = json.propertyNames().stream().sorted().toList();
            for (var changes = 1 + random.nextInt(3); changes > 0; changes--) {
                var value = JsonMapper.shared().readTree(values.get(random.nextInt(values.size())));
                json.set(keys.get(random.nextInt(keys.size())), value);
            }
            try {
                var config = read(json.toString());
                for (var attention : config.attentions()) {
                    assertThat(attention.heads() % attention.kvHeads()).isZero();
                    for (var frequency : attention.rope().inverseFrequencies()) {
                        assertThat(Float.isFinite(frequency)).isTrue();
                    }
                }
                assertThat(ParameterLayout.of(config).elements()).isPositive();
                readable++;
            } catch (UserException e) {
                assertThat(e).hasMessageContaining("config.json");
            }
        }
        assertThat(readable).isBetween(100, 1400);
    }

    private static Optional<JsonNode> moved(ObjectNode json, String key) {
        return Optional.ofNullable(json.remove(key));
    }

    private List<OptionalInt> windows(String type, String keys) throws Exception {
        return windows(read(with(type, keys)));
    }

    private static List<OptionalInt> windows(ModelSpec spec) {
        return spec.attentions().stream().map(AttentionSpec::window).toList();
    }

    private static String with(String type, String keys) {
        return "{\"model_type\": \"" + type + "\", \"hidden_size\": 32, \"num_hidden_layers\": 2,"
                + " \"num_attention_heads\": 4, \"intermediate_size\": 64, \"vocab_size\": 97, " + keys + "}";
    }

    private void assertError(String json, String... parts) {
        var thrown = assertThatThrownBy(() -> read(json)).isInstanceOf(UserException.class);
        for (var part : parts) {
            thrown.hasMessageContaining(part);
        }
    }

    /** A llama config with one key set or replaced. */
    private static String llama(String override) {
        var key = override.substring(0, override.indexOf(':'));
        var base =
                "\"model_type\": \"llama\", \"hidden_size\": 32, \"num_hidden_layers\": 2, \"num_attention_heads\": 4,"
                        + " \"intermediate_size\": 64, \"vocab_size\": 97";
        return "{" + base.replaceAll(",? ?" + key + ": \\S+?(?=,|$)", "") + ", " + override + "}";
    }

    private ModelSpec read(String json) throws Exception {
        Files.writeString(temporary.resolve("config.json"), json);
        return ModelFamilies.read(temporary);
    }
}
