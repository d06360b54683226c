package dev.tandem.model.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.golden.Golden;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.checkpoint.ModelLoader;
import dev.tandem.model.checkpoint.ModelWriter;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.LazyTensor;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.safetensors.SafetensorsModelWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** Adapters read, written, merged, exported and read again. */
class LoraFilesTest {
    private final Device cpu = new Device("cpu");

    @TempDir
    Path temporary;

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @ParameterizedTest
    @MethodSource("dev.tandem.golden.Golden#families")
    void mergedExportScoresAsAdapterOnBase(String family) {
        var packed = PackedSequences.of(
                Golden.sequences(Golden.rows(Golden.values(family).get("rows"))));
        try (var scope = new PointerScope();
                var owner = new TensorOwner();
                var base = load(Golden.directory(family), ScalarType.Float)) {
            var adapter = LoraAdapter.read(Golden.directory(family).resolve("adapter"), base.layout(), cpu, owner);
            var withoutAdapter = base.logProbs(packed);
            base.adapter(Optional.of(adapter));
            var adapted = base.logProbs(packed);
            assertThat(maxDifference(adapted, withoutAdapter)).isGreaterThan(0.01);

            var merged = adapter.mergedInto(base.tensors(), owner);
            var written = new LinkedHashMap<String, LazyTensor>();
            merged.forEach((name, tensor) -> written.put(name, LazyTensor.of(tensor)));
            ModelWriter.writeModel(temporary, Golden.directory(family), written, DType.F32);
            try (var reloaded = load(temporary, ScalarType.Float)) {
                assertThat(maxDifference(reloaded.logProbs(packed), adapted)).isLessThan(1e-4);
            }
        }
    }

    @Test
    void writtenAdapterReadsBackEqualAndKeepsPeftsNames() throws Exception {
        var directory = Golden.directory("llama").resolve("adapter");
        var layout = ParameterLayout.of(ModelFamilies.read(Golden.directory("llama")));
        try (var scope = new PointerScope();
                var owner = new TensorOwner()) {
            var adapter = LoraAdapter.read(directory, layout, cpu, owner);
            ModelWriter.writeAdapter(temporary, adapter, "llama");
            var again = LoraAdapter.read(temporary, layout, cpu, owner);
            assertThat(again.config()).isEqualTo(adapter.config());
            assertThat(again.tensors().keySet()).isEqualTo(adapter.tensors().keySet());
            again.tensors()
                    .forEach((name, tensor) -> assertThat(Tensors.toFloats(tensor))
                            .isEqualTo(Tensors.toFloats(adapter.tensors().get(name))));
        }
        var config = JsonMapper.shared().readTree(Files.readString(temporary.resolve("adapter_config.json")));
        assertThat(config.get("peft_type").stringValue()).isEqualTo("LORA");
        assertThat(config.get("target_modules").size()).isEqualTo(7);
        // as PEFT writes it
        assertThat(config.get("lora_alpha").toString()).isEqualTo("8");
    }

    @Test
    void anAlphaThatIsNoIntegerIsWrittenAsItIs() throws Exception {
        var layout = ParameterLayout.of(ModelFamilies.read(Golden.directory("llama")));
        try (var scope = new PointerScope()) {
            var shape = new LoraConfig(2, 2.5, 0, List.of("q_proj"), true);
            ModelWriter.writeAdapter(temporary, LoraAdapter.create(shape, layout, 3, cpu), "llama");
            assertThat(PeftAdapterReader.config(temporary)).isEqualTo(shape);
        }
        var config = JsonMapper.shared().readTree(Files.readString(temporary.resolve("adapter_config.json")));
        assertThat(config.get("lora_alpha").toString()).isEqualTo("2.5");
    }

    @Test
    void anAdaptersShapeIsReadWithoutItsWeights() throws Exception {
        var source = Golden.directory("llama").resolve("adapter");
        var shape = PeftAdapterReader.config(source);
        assertThat(shape.rank()).isEqualTo(4);
        assertThat(shape.alpha()).isEqualTo(8);
        assertThat(shape.targets()).contains("q_proj", "down_proj");
        // a pattern, or no targets at all, counts as all modules
        var text = Files.readString(source.resolve("adapter_config.json"));
        for (var targets : List.of("\".*_proj\"", "null", "[]", "\"all-linear\"")) {
            Files.writeString(
                    temporary.resolve("adapter_config.json"),
                    text.replaceFirst("(?s)\"target_modules\":\\s*\\[.*?]", "\"target_modules\": " + targets));
            assertThat(PeftAdapterReader.config(temporary).targets()).containsExactly(LoraConfig.ALL_LINEAR);
        }
    }

    @Test
    void newAdapterLeavesTheModelAsItIsAndIsInitialisedAsPeftDoes() {
        var packed = PackedSequences.of(
                Golden.sequences(Golden.rows(Golden.values("llama").get("rows"))));
        try (var scope = new PointerScope();
                var model = load(Golden.directory("llama"), ScalarType.Float)) {
            var before = model.logProbs(packed);
            var config = new LoraConfig(8, 16, 0.0, List.of(LoraConfig.ALL_LINEAR), false);
            var adapter = LoraAdapter.create(config, model.layout(), 3, cpu);
            model.adapter(Optional.of(adapter));
            assertThat(model.logProbs(packed)).isEqualTo(before);
            assertThat(adapter.modules()).hasSize(14);

            var a = Tensors.toFloats(adapter.tensors().get("model.layers.0.self_attn.q_proj.lora_A"));
            var bound = 1 / Math.sqrt(32);
            for (var value : a) {
                assertThat((double) Math.abs(value)).isLessThanOrEqualTo(bound);
            }
            var variance = 0.0;
            for (var value : a) {
                variance += (double) value * value / a.length;
            }
            assertThat(variance).isCloseTo(bound * bound / 3, within(bound * bound / 10));
            var same = LoraAdapter.create(config, model.layout(), 3, cpu);
            assertThat(Tensors.toFloats(same.tensors().get("model.layers.0.self_attn.q_proj.lora_A")))
                    .isEqualTo(a);
        }
    }

    @Test
    void unknownTargetListsTheModulesThereAre() {
        var layout = ParameterLayout.of(ModelFamilies.read(Golden.directory("gpt-neox")));
        assertThatThrownBy(() -> new LoraConfig(4, 4, 0, List.of("q_proj"), false).modules(layout))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("'q_proj'")
                .hasMessageContaining("query_key_value, dense, dense_h_to_4h, dense_4h_to_h");
    }

    @Test
    void adapterOfAnotherModelIsRefused() {
        var layout = ParameterLayout.of(ModelFamilies.read(Golden.directory("gpt-neox")));
        try (var owner = new TensorOwner()) {
            assertThatThrownBy(() -> LoraAdapter.read(Golden.directory("llama").resolve("adapter"), layout, cpu, owner))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("another base model");
        }
    }

    @Test
    void shardedBfloat16ExportLoadsWithinItsAccuracy() throws Exception {
        var family = "qwen3";
        var packed = PackedSequences.of(
                Golden.sequences(Golden.rows(Golden.values(family).get("rows"))));
        try (var scope = new PointerScope();
                var model = load(Golden.directory(family), ScalarType.Float)) {
            Files.copy(Golden.directory(family).resolve("config.json"), temporary.resolve("config.json"));
            SafetensorsModelWriter.write(temporary, model.tensors(), 20_000, DType.BF16);
            assertThat(temporary.resolve("model.safetensors.index.json")).exists();
            try (var inFloat = load(temporary, ScalarType.Float);
                    var inBfloat = load(temporary, ScalarType.BFloat16)) {
                var exact = model.logProbs(packed);
                assertThat(maxDifference(inFloat.logProbs(packed), exact)).isLessThan(0.05);
                assertThat(maxDifference(inBfloat.logProbs(packed), exact)).isLessThan(0.15);
            }
        }
    }

    @Test
    void shardedGoldenCheckpointEqualsTheWholeOne() {
        var packed = PackedSequences.of(
                Golden.sequences(Golden.rows(Golden.values("llama3-tied").get("rows"))));
        try (var whole = load(Golden.directory("llama3-tied"), ScalarType.Float);
                var sharded = load(Golden.directory("llama3-tied-sharded"), ScalarType.Float)) {
            assertThat(sharded.logProbs(packed)).isEqualTo(whole.logProbs(packed));
        }
    }

    private CausalLm load(Path directory, ScalarType type) {
        return ModelLoader.load(directory, Computation.of(type, cpu));
    }

    private static double maxDifference(float[] a, float[] b) {
        assertThat(a).hasSameSizeAs(b);
        var max = 0.0;
        for (var i = 0; i < a.length; i++) {
            max = Math.max(max, Math.abs(a[i] - b[i]));
        }
        return max;
    }
}
