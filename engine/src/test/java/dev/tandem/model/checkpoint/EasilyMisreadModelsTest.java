package dev.tandem.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.golden.Golden;
import dev.tandem.golden.TestDevice;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.model.layer.Dropout;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.safetensors.SafetensorsFile;
import dev.tandem.tensor.safetensors.SafetensorsModelWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Models that transformers reads otherwise than a glance at their files suggests: {@code testdata/cases}. */
class EasilyMisreadModelsTest {
    private static final Path CASES = Path.of("../testdata/cases");
    private static final double TOLERANCE = 2e-4;

    @TempDir
    Path temporary;

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
        TestDevice.get();
    }

    @ParameterizedTest
    @ValueSource(strings = {"01", "02", "03", "04", "05", "06", "07"})
    void logProbsAreThoseOfTransformers(String name) throws Exception {
        var expected = Golden.doubles(
                Golden.json(CASES.resolve(name).resolve("expected.json")).get("logp_sum"));
        assertThat(logProbs(CASES.resolve(name).resolve("model")))
                .usingComparatorWithPrecision(TOLERANCE)
                .containsExactly(expected);
    }

    /** Case 70 has weights for one layer only, and says so by {@code layers_to_transform}. */
    @ParameterizedTest
    @ValueSource(strings = {"63", "70"})
    void logProbsWithAnAdapterAreThoseOfPeft(String name) throws Exception {
        var expected = Golden.doubles(
                Golden.json(CASES.resolve(name).resolve("expected.json")).get("logp_sum"));
        var adapter = CASES.resolve(name).resolve("adapter");
        assertThat(logProbs(CASES.resolve("tiny"), Optional.of(adapter)))
                .usingComparatorWithPrecision(TOLERANCE)
                .containsExactly(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"03", "05", "06", "07"})
    void anExportComputesTheSame(String name) throws Exception {
        var model = CASES.resolve(name).resolve("model");
        MergedCheckpoint.write(model, Optional.empty(), temporary, DType.F32, Long.MAX_VALUE);
        assertThat(logProbs(temporary)).containsExactly(logProbs(model));
        // in shards, a head of its own is found by the index
        MergedCheckpoint.write(model, Optional.empty(), temporary, DType.F32, 2000);
        assertThat(logProbs(temporary)).containsExactly(logProbs(model));
        var config = Golden.json(temporary.resolve("config.json"));
        assertThat(config.get("tie_word_embeddings").booleanValue()).isFalse();
    }

    @Test
    void aHeadThatEqualsTheEmbeddingIsTied() throws Exception {
        var model = CASES.resolve("03").resolve("model");
        renamed(model, UnaryOperator.identity());
        assertThat(ModelFamilies.read(temporary).head().tied()).isFalse();
        try (var scope = new PointerScope();
                var file = SafetensorsFile.open(model.resolve("model.safetensors"))) {
            var tensors = tensors(file);
            tensors.put("lm_head.weight", file.tensor("model.embed_tokens.weight"));
            SafetensorsModelWriter.write(temporary, tensors, Long.MAX_VALUE, DType.F32);
            assertThat(ModelFamilies.read(temporary).head().tied()).isTrue();
            var both = logProbs(temporary);
            // a tied pair may be stored under the head's name alone
            tensors.remove("model.embed_tokens.weight");
            SafetensorsModelWriter.write(temporary, tensors, Long.MAX_VALUE, DType.F32);
            assertThat(logProbs(temporary)).containsExactly(both);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "module.",
                "_orig_mod.",
                "module._orig_mod.",
                "_orig_mod.module.",
                "_fsdp_wrapped_module._orig_mod."
            })
    void wrappersOfModulesAreNoPartOfNames(String wrapper) throws Exception {
        var model = CASES.resolve("01").resolve("model");
        renamed(model, name -> wrapper + name);
        if (wrapper.equals("_orig_mod.module.")) {
            assertThatThrownBy(() -> logProbs(temporary))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("Names in the file begin with 'module.'");
        } else {
            assertThat(logProbs(temporary)).containsExactly(logProbs(model));
        }
    }

    @Test
    void wrappersAroundLayersAndMixedPrefixesAreReadAndStrangeOnesNamed() throws Exception {
        var model = CASES.resolve("01").resolve("model");
        var expected = logProbs(model);
        renamed(model, name -> name.replaceFirst("layers\\.(\\d)\\.", "layers.$1._checkpoint_wrapped_module."));
        assertThat(logProbs(temporary)).containsExactly(expected);
        renamed(model, name -> name.contains("mlp") ? name.substring("model.".length()) : name);
        assertThat(logProbs(temporary)).containsExactly(expected);
        renamed(model, name -> "language_model." + name);
        assertThatThrownBy(() -> logProbs(temporary))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("'model.embed_tokens.weight' [64, 16] is missing")
                .hasMessageContaining("Names in the file begin with 'language_model.'");
    }

    /** A copy with other names, in {@link #temporary}. */
    private void renamed(Path model, UnaryOperator<String> rename) throws Exception {
        Files.copy(model.resolve("config.json"), temporary.resolve("config.json"), StandardCopyOption.REPLACE_EXISTING);
        try (var scope = new PointerScope();
                var file = SafetensorsFile.open(model.resolve("model.safetensors"))) {
            var tensors = new LinkedHashMap<String, Tensor>();
            tensors(file).forEach((name, tensor) -> tensors.put(rename.apply(name), tensor));
            SafetensorsModelWriter.write(temporary, tensors, Long.MAX_VALUE, DType.F32);
        }
    }

    private static LinkedHashMap<String, Tensor> tensors(SafetensorsFile file) {
        var result = new LinkedHashMap<String, Tensor>();
        file.names().forEach(name -> result.put(name, file.tensor(name)));
        return result;
    }

    /** Sums of the log-probs of the response tokens, row by row. */
    private static double[] logProbs(Path directory) throws Exception {
        return logProbs(directory, Optional.empty());
    }

    private static double[] logProbs(Path directory, Optional<Path> adapter) throws Exception {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard();
                var model = ModelLoader.load(directory, adapter, Computation.of(ScalarType.Float, TestDevice.get()))) {
            var sums = new ArrayList<Double>();
            for (var line : Files.readAllLines(CASES.resolve("rows.jsonl"))) {
                var row = JsonMapper.shared().readTree(line);
                sums.add(logProb(
                        model,
                        Golden.ints(row.get("input_ids")),
                        row.get("prompt_length").intValue()));
            }
            return sums.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    private static double logProb(CausalLm model, int[] ids, int prompt) {
        var logits = model.head().logits(model.hidden(PackedSequences.prompt(ids), Dropout.none()));
        var sum = 0.0;
        for (var t = prompt; t < ids.length; t++) {
            var row = logits[t - 1];
            var total = 0.0;
            for (var z : row) {
                total += Math.exp(z);
            }
            sum += row[ids[t]] - Math.log(total);
        }
        return sum;
    }
}
