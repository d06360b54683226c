package dev.tandem.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.data.example.TokenSequence;
import dev.tandem.golden.Golden;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.checkpoint.ModelLoader;
import dev.tandem.model.checkpoint.RandomInitialization;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.model.head.HeadTiles;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Laws of every decoder: packing changes nothing, later tokens are not seen, and windows and chunks work. */
class DecoderLawsTest {
    private static final long SEED = 20_241_022;

    private final Device cpu = new Device("cpu");

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @ParameterizedTest
    @MethodSource("dev.tandem.golden.Golden#models")
    void packedSequencesScoreAsEachAlone(String family) {
        var random = new SplittableRandom(SEED);
        try (var model = ModelLoader.load(
                Golden.directory(family), Computation.of(ScalarType.Float, cpu).withHeadTiles(new HeadTiles(3, 70)))) {
            for (var round = 0; round < 5; round++) {
                var sequences =
                        sequences(random, 1 + random.nextInt(6), model.spec().vocabSize());
                var packed = model.logProbs(PackedSequences.of(sequences));
                var alone = new ArrayList<Float>();
                for (var sequence : sequences) {
                    for (var value : model.logProbs(PackedSequences.of(List.of(sequence)))) {
                        alone.add(value);
                    }
                }
                assertThat(packed).hasSize(alone.size());
                for (var i = 0; i < packed.length; i++) {
                    assertThat(packed[i]).isCloseTo(alone.get(i), within(1e-5f));
                }
            }
        }
    }

    @Test
    void laterTokensDoNotChangeEarlierLogProbs() {
        try (var model = ModelLoader.load(Golden.directory("llama"), Computation.of(ScalarType.Float, cpu))) {
            var random = new SplittableRandom(SEED);
            var ids = random.ints(20, 0, 97).toArray();
            var whole = model.logProbs(PackedSequences.of(List.of(TokenSequence.of(ids, 1))));
            var half =
                    model.logProbs(PackedSequences.of(List.of(TokenSequence.of(java.util.Arrays.copyOf(ids, 10), 1))));
            for (var i = 0; i < half.length; i++) {
                assertThat(whole[i]).isCloseTo(half[i], within(1e-5f));
            }
        }
    }

    @Test
    void aWindowHidesWhatIsFartherBack(@TempDir Path temporary) throws Exception {
        var source = Golden.directory("mistral");
        Files.copy(source.resolve("model.safetensors"), temporary.resolve("model.safetensors"));
        var config = Files.readString(source.resolve("config.json"));
        Files.writeString(
                temporary.resolve("config.json"),
                config.replaceFirst("\"sliding_window\": null", "\"sliding_window\": 4"));
        assertThat(ModelFamilies.read(temporary).attentions())
                .allSatisfy(attention -> assertThat(attention.window()).hasValue(4));
        try (var windowed = ModelLoader.load(temporary, Computation.of(ScalarType.Float, cpu));
                var full = ModelLoader.load(source, Computation.of(ScalarType.Float, cpu))) {
            var ids = new SplittableRandom(SEED).ints(24, 0, 97).toArray();
            var changed = ids.clone();
            changed[0] = (ids[0] + 1) % 97;
            // two layers of window 4 reach 6 tokens back: the last log-prob cannot see the first token
            assertThat(last(windowed, ids)).isCloseTo(last(windowed, changed), within(1e-6f));
            assertThat(Math.abs(last(full, ids) - last(full, changed))).isGreaterThan(1e-6f);
            // within the window nothing differs
            var few = java.util.Arrays.copyOf(ids, 4);
            assertThat(last(windowed, few)).isCloseTo(last(full, few), within(1e-6f));
        }
    }

    @Test
    void randomInitialisationIsSeededAndHasTheRightMoments() {
        var layout = ParameterLayout.of(ModelFamilies.read(Golden.directory("gpt-neox")));
        try (var scope = new PointerScope();
                var owner = new TensorOwner()) {
            var a = RandomInitialization.parameters(layout, 1, cpu, owner);
            var b = RandomInitialization.parameters(layout, 1, cpu, owner);
            var name = "gpt_neox.embed_in.weight";
            assertThat(Tensors.toFloats(a.get(name))).isEqualTo(Tensors.toFloats(b.get(name)));
            assertThat(Tensors.norm(a.get(name)) / Math.sqrt(97 * 32)).isCloseTo(0.02, within(0.002));
            assertThat(Tensors.toFloats(a.get("gpt_neox.final_layer_norm.weight")))
                    .containsOnly(1f);
            assertThat(Tensors.toFloats(a.get("gpt_neox.final_layer_norm.bias")))
                    .containsOnly(0f);
        }
    }

    private static float last(CausalLm model, int[] ids) {
        var logProbs = model.logProbs(PackedSequences.of(List.of(TokenSequence.of(ids, 1))));
        return logProbs[logProbs.length - 1];
    }

    private static List<TokenSequence> sequences(SplittableRandom random, int count, int vocabulary) {
        var result = new ArrayList<TokenSequence>();
        for (var i = 0; i < count; i++) {
            var ids = random.ints(1 + random.nextInt(30), 0, vocabulary).toArray();
            var trained = new boolean[ids.length];
            for (var t = 1; t < ids.length; t++) {
                trained[t] = random.nextInt(3) > 0;
            }
            result.add(new TokenSequence(ids, trained));
        }
        return result;
    }
}
