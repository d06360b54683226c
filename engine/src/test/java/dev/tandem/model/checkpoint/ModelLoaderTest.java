package dev.tandem.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.golden.Golden;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.model.lora.PeftAdapterReader;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.safetensors.SafetensorsFile;
import dev.tandem.tensor.safetensors.SafetensorsModelWriter;
import dev.tandem.tensor.safetensors.SafetensorsWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Checkpoints and adapters that do not fit their configs, and what loading leaves behind. */
class ModelLoaderTest {
    private final Device cpu = new Device("cpu");

    @TempDir
    Path temporary;

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @Test
    void tensorsThatAreMissingOrMisshapenAreNamed() throws Exception {
        try (var scope = new PointerScope();
                var file = SafetensorsFile.open(Golden.directory("llama").resolve("model.safetensors"))) {
            var norm = "model.layers.1.input_layernorm.weight";
            write(file, Map.of(norm, Tensors.zeros(cpu, 33)));
            assertRefused("tensor '" + norm + "' has shape [33]; [32] was expected from config.json");
            write(file, Map.of(norm, Tensors.zeros(cpu, 1, 32)));
            assertRefused("tensor '" + norm + "' has shape [1, 32]; [32] was expected");
            // an additional name is ignored
            write(file, Map.of("surprise.weight", Tensors.zeros(cpu, 1)));
            load().close();

            var fewer = tensors(file);
            fewer.remove(norm);
            SafetensorsModelWriter.write(temporary, fewer, Long.MAX_VALUE, DType.F32);
            assertRefused("tensor '" + norm + "' [32] is missing", "config.json describes 2 layers");
            fewer = tensors(file);
            fewer.remove("lm_head.weight");
            SafetensorsModelWriter.write(temporary, fewer, Long.MAX_VALUE, DType.F32);
            assertRefused("tensor 'lm_head.weight' [97, 32] is missing", "\"tie_word_embeddings\": true");
        }
    }

    @Test
    void loadingAndClosingLeavesNothing() {
        load("llama").close();
        var before = Pointer.totalCount();
        for (var round = 0; round < 20; round++) {
            load("llama").close();
        }
        // a model has 21 tensors: a leak of a single one per round would show
        assertThat(Pointer.totalCount()).isLessThan(before + 20);
    }

    @Test
    void adaptersThatAreNotPlainLoraAreRefused() throws Exception {
        var source = Golden.directory("llama").resolve("adapter");
        var config = Files.readString(source.resolve("adapter_config.json")).strip();
        assertAdapterRefused("adapter_model.safetensors does not exist");
        Files.write(temporary.resolve("adapter_model.bin"), new byte[] {(byte) 0x80, 2});
        assertAdapterRefused("adapter_model.bin is a Python pickle", "can run any code", "save_pretrained");
        Files.copy(source.resolve("adapter_model.safetensors"), temporary.resolve("adapter_model.safetensors"));
        assertAdapterRefused("adapter_config.json does not exist");

        set(config, "r", "3");
        assertAdapterRefused("lora_A.weight' has shape", "[3, 32] was expected");
        set(config, "r", "0");
        assertAdapterRefused("'r' is 0; a positive integer");
        set(config, "lora_alpha", "\"x\"");
        assertAdapterRefused("'lora_alpha' is \"x\"; a number");
        set(config, "lora_dropout", "1.0");
        assertAdapterRefused("'lora_dropout' is 1.0; a probability");
        set(config, "peft_type", "\"IA3\"");
        assertAdapterRefused("peft_type 'IA3' is not supported");
        set(config, "bias", "\"all\"");
        assertAdapterRefused("'bias' is \"all\"; none");
        set(config, "use_dora", "true");
        assertAdapterRefused("'use_dora' is set");
        set(config, "modules_to_save", "[\"lm_head\"]");
        assertAdapterRefused("'modules_to_save' is set");
        set(config, "init_lora_weights", "\"pissa_niter_4\"");
        assertAdapterRefused("'init_lora_weights' is \"pissa_niter_4\"");
    }

    @Test
    void aKeyOfAnAdapterIsKnownOrSwitchedOff() throws Exception {
        var source = Golden.directory("llama").resolve("adapter");
        var config = Files.readString(source.resolve("adapter_config.json")).strip();
        Files.copy(source.resolve("adapter_model.safetensors"), temporary.resolve("adapter_model.safetensors"));
        for (var key :
                List.of("kasa_config", "use_bdlora", "velora_config", "arrow_config", "alpha_pattern", "of_tomorrow")) {
            set(config, key, "{\"q_proj\": 2}");
            assertAdapterRefused("'" + key + "' is set, which is not supported");
            for (var off : List.of("null", "false", "{}", "[]")) {
                set(config, key, off);
                assertThat(PeftAdapterReader.config(temporary)).isEqualTo(PeftAdapterReader.config(source));
            }
        }
        for (var key : List.of("ensure_weight_tying", "use_something_new", "lora_bias")) {
            set(config, key, "true");
            assertAdapterRefused("'" + key + "' is set");
        }
        set(config, "a_number_of_tomorrow", "1");
        assertAdapterRefused("'a_number_of_tomorrow' is set");
        for (var start : List.of("lora_ga", "loftq", "olora", "corda", "PiSSA", "of_tomorrow")) {
            set(config, "init_lora_weights", "\"" + start + "\"");
            assertAdapterRefused("'init_lora_weights' is \"" + start + "\"");
        }
        for (var start : List.of("true", "false", "\"gaussian\"", "\"eva\"", "\"orthogonal\"", "null")) {
            set(config, "init_lora_weights", start);
            assertThat(PeftAdapterReader.config(temporary)).isEqualTo(PeftAdapterReader.config(source));
        }
    }

    @Test
    void aWholeEmbeddingInAnAdapterIsNamed() throws Exception {
        var source = Golden.directory("llama").resolve("adapter");
        Files.copy(source.resolve("adapter_config.json"), temporary.resolve("adapter_config.json"));
        try (var scope = new PointerScope();
                var file = SafetensorsFile.open(source.resolve("adapter_model.safetensors"))) {
            for (var name : List.of("model.embed_tokens.weight", "lm_head.weight")) {
                var more = tensors(file);
                more.put("base_model.model." + name, Tensors.zeros(cpu, 97, 32));
                SafetensorsWriter.write(temporary.resolve("adapter_model.safetensors"), more, DType.F32);
                assertAdapterRefused(name + "' is a whole embedding or output head", "merge this one into its base");
            }
        }
    }

    @Test
    void anAdapterLacksNoMatrix() throws Exception {
        var source = Golden.directory("llama").resolve("adapter");
        Files.copy(source.resolve("adapter_config.json"), temporary.resolve("adapter_config.json"));
        var weights = temporary.resolve("adapter_model.safetensors");
        try (var scope = new PointerScope();
                var file = SafetensorsFile.open(source.resolve("adapter_model.safetensors"))) {
            var name = "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight";
            var fewer = tensors(file);
            fewer.remove(name);
            SafetensorsWriter.write(weights, fewer, DType.F32);
            assertAdapterRefused(weights + ": tensor '" + name + "' is missing");
        }
        SafetensorsWriter.write(weights, Map.of(), DType.F32);
        assertAdapterRefused(weights + " holds no adapter weights");
    }

    private void write(SafetensorsFile file, Map<String, Tensor> changes) throws Exception {
        Files.writeString(
                temporary.resolve("config.json"),
                Files.readString(Golden.directory("llama").resolve("config.json")));
        var tensors = tensors(file);
        tensors.putAll(changes);
        SafetensorsModelWriter.write(temporary, tensors, Long.MAX_VALUE, DType.F32);
    }

    private static Map<String, Tensor> tensors(SafetensorsFile file) {
        var result = new LinkedHashMap<String, Tensor>();
        file.names().forEach(name -> result.put(name, file.tensor(name)));
        return result;
    }

    /** The adapter's config with one key set to another JSON value. */
    private void set(String config, String key, String json) throws Exception {
        var node = (ObjectNode) JsonMapper.shared().readTree(config);
        node.set(key, JsonMapper.shared().readTree(json));
        Files.writeString(temporary.resolve("adapter_config.json"), node.toString());
    }

    private void assertRefused(String... messages) {
        assertThatThrownBy(this::load).isInstanceOf(UserException.class).hasMessageContainingAll(messages);
    }

    private void assertAdapterRefused(String... messages) {
        var layout = ParameterLayout.of(ModelFamilies.read(Golden.directory("llama")));
        try (var owner = new TensorOwner()) {
            assertThatThrownBy(() -> LoraAdapter.read(temporary, layout, cpu, owner))
                    .isInstanceOf(UserException.class)
                    .hasMessageContainingAll(messages);
        }
    }

    private CausalLm load() {
        return ModelLoader.load(temporary, Computation.of(ScalarType.Float, cpu));
    }

    private CausalLm load(String family) {
        return ModelLoader.load(Golden.directory(family), Computation.of(ScalarType.Float, cpu));
    }
}
