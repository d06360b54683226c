package dev.tandem.model.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.golden.Golden;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.SharedGeneration;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.checkpoint.ModelLoader;
import dev.tandem.model.layer.Dropout;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.machine.NativeSetup;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * With cached keys and values a model predicts the same as when it computes every text from scratch, also with packed
 * weights and a team.
 */
class BatchGeneratorTest {
    private static final long SEED = 77;

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    private static Stream<Arguments> familiesAndThreads() {
        return Golden.models().flatMap(family -> Stream.of(0, 1, 3).map(threads -> Arguments.of(family, threads)));
    }

    @ParameterizedTest
    @MethodSource("familiesAndThreads")
    void raggedTextsGetTheTokensOfAFullComputation(String family, int threads) {
        try (var owner = new TensorOwner();
                var plain = model(family);
                var model = prepared(family, threads)) {
            for (var adapted : List.of(false, true)) {
                var adapter = Golden.directory(family).resolve("adapter");
                if (adapted && !Files.exists(adapter)) {
                    continue;
                }
                var weights = adapted
                        ? Optional.of(LoraAdapter.read(adapter, model.layout(), model.device(), owner))
                        : Optional.<LoraAdapter>empty();
                model.adapter(weights);
                plain.adapter(weights);
                var prompts = prompts(model, 5);
                var expected = prompts.stream().map(p -> anew(plain, p, 12)).toList();
                try (var generator = new BatchGenerator(model, 3)) {
                    var heard = prompts.stream().map(p -> add(generator, p, 12)).toList();
                    generator.run();
                    for (var i = 0; i < prompts.size(); i++) {
                        assertThat(heard.get(i).tokens).as("text %d", i).isEqualTo(expected.get(i));
                        assertThat(heard.get(i).ends).containsExactly(GenerationTask.End.LENGTH);
                    }
                }
            }
        }
    }

    /** Long enough for mistral's window and for the cache to grow. */
    @ParameterizedTest
    @MethodSource("familiesAndThreads")
    void logitsAreThoseOfAFullComputationHoweverTheTextComes(String family, int threads) {
        var random = new SplittableRandom(SEED);
        try (var plain = model(family);
                var model = prepared(family, threads);
                var cache = model.newCache(2)) {
            var vocabulary = model.spec().vocabSize();
            var texts = List.of(tokens(random, 120, vocabulary), tokens(random, 90, vocabulary));
            cache.add();
            cache.add();
            var read = new int[2];
            while (read[0] < 120 || read[1] < 90) {
                var which = IntStream.range(0, 2)
                        .filter(i -> read[i] < texts.get(i).length
                                && (random.nextBoolean() || read[1 - i] >= texts.get(1 - i).length))
                        .toArray();
                if (which.length == 0) {
                    continue;
                }
                var single = random.nextBoolean();
                var parts = Arrays.stream(which)
                        .mapToObj(i -> Arrays.copyOfRange(
                                texts.get(i),
                                read[i],
                                Math.min(
                                        texts.get(i).length,
                                        read[i] + (single ? 1 : 1 + random.nextInt(random.nextBoolean() ? 90 : 10)))))
                        .toList();
                var logits = model.next(cache, which, parts);
                for (var n = 0; n < which.length; n++) {
                    read[which[n]] += parts.get(n).length;
                    assertThat(cache.length(which[n])).isEqualTo(read[which[n]]);
                    assertClose(logits[n], logitsAnew(plain, Arrays.copyOf(texts.get(which[n]), read[which[n]])));
                }
            }
        }
    }

    @Test
    void aTextTruncatedGoesOnDifferently() {
        var random = new SplittableRandom(SEED);
        try (var model = model("llama");
                var cache = model.newCache(1)) {
            var text = tokens(random, 30, model.spec().vocabSize());
            cache.add();
            model.next(cache, new int[] {0}, List.of(text));
            cache.truncate(0, 12);
            var other = Arrays.copyOf(text, 14);
            other[12] = (text[12] + 1) % model.spec().vocabSize();
            other[13] = 3;
            var logits = model.next(cache, new int[] {0}, List.of(new int[] {other[12], other[13]}));
            assertClose(logits[0], logitsAnew(model, other));
        }
    }

    @Test
    void endTokensListenersAndLengthsEndATextAndMakeRoom() {
        try (var model = model("qwen3");
                var generator = new BatchGenerator(model, 2)) {
            var prompt = prompts(model, 1).get(0);
            var whole = anew(model, prompt, 12);
            var ends = new Heard(Integer.MAX_VALUE);
            generator.add(new GenerationTask(prompt, 12, Set.of(whole.get(5)), new Sampler(Sampling.GREEDY, 0), ends));
            var cancelled = new Heard(3);
            generator.add(new GenerationTask(prompt, 12, Set.of(), new Sampler(Sampling.GREEDY, 0), cancelled));
            var last = add(generator, prompt, 12);
            assertThat(generator.waiting()).isEqualTo(3);
            generator.step();
            assertThat(generator.active()).isEqualTo(2);
            generator.run();
            assertThat(ends.tokens).isEqualTo(whole.subList(0, whole.indexOf(whole.get(5))));
            assertThat(ends.ends).containsExactly(GenerationTask.End.END_TOKEN);
            assertThat(cancelled.tokens).isEqualTo(whole.subList(0, 3));
            assertThat(cancelled.ends).containsExactly(GenerationTask.End.LISTENER);
            assertThat(last.tokens).isEqualTo(whole);
        }
    }

    @Test
    void aSeedGivesTheSameTextInAnyCompany() {
        try (var model = model("llama")) {
            var prompts = prompts(model, 5);
            var sampling = new Sampling(1.5, 20, 0.95, 0.01, 1.1);
            var alone = new ArrayList<List<Integer>>();
            for (var i = 0; i < prompts.size(); i++) {
                try (var generator = new BatchGenerator(model, 1)) {
                    var heard = new Heard(Integer.MAX_VALUE);
                    generator.add(new GenerationTask(prompts.get(i), 15, Set.of(), new Sampler(sampling, i), heard));
                    generator.run();
                    alone.add(heard.tokens);
                }
            }
            try (var generator = new BatchGenerator(model, 4)) {
                var heard = new ArrayList<Heard>();
                for (var i = 0; i < prompts.size(); i++) {
                    heard.add(new Heard(Integer.MAX_VALUE));
                    generator.add(
                            new GenerationTask(prompts.get(i), 15, Set.of(), new Sampler(sampling, i), heard.get(i)));
                }
                generator.run();
                assertThat(heard.stream().map(h -> h.tokens).toList()).isEqualTo(alone);
            }
        }
    }

    @Test
    void aBudgetBoundsMemoryAndChangesNoText() {
        var random = new SplittableRandom(SEED);
        var budget = 300;
        try (var model = model("llama");
                var unbounded = new BatchGenerator(model, 6);
                var generator = new BatchGenerator(model, 6, budget)) {
            var heard = new ArrayList<Heard>();
            var expected = new ArrayList<Heard>();
            for (var i = 0; i < 25; i++) {
                var length = 1 + random.nextInt(random.nextInt(1, 200));
                var prompt = tokens(random, length, model.spec().vocabSize());
                var count = 1 + random.nextInt(random.nextInt(1, 100));
                heard.add(add(generator, prompt, count));
                expected.add(add(unbounded, prompt, count));
            }
            var together = 0;
            var bytes = (long) budget * model.spec().keyValueBytes();
            assertThat(generator.bytes()).isLessThanOrEqualTo(bytes);
            while (generator.step()) {
                assertThat(generator.bytes()).isLessThanOrEqualTo(bytes);
                together = Math.max(together, generator.active());
            }
            assertThat(together).isBetween(3, 6);
            unbounded.run();
            for (var i = 0; i < heard.size(); i++) {
                assertThat(heard.get(i).tokens).as("text %d", i).isEqualTo(expected.get(i).tokens);
            }
            assertThatThrownBy(() -> add(generator, new int[200], 101))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("301 tokens");
        }
    }

    private static final class Heard implements GenerationTask.Listener {
        private final List<Integer> tokens = new ArrayList<>();
        private final List<GenerationTask.End> ends = new ArrayList<>();
        private final int most;

        Heard(int most) {
            this.most = most;
        }

        @Override
        public boolean onToken(int token) {
            tokens.add(token);
            return tokens.size() < most;
        }

        @Override
        public void onEnd(GenerationTask.End end) {
            ends.add(end);
        }
    }

    private static Heard add(BatchGenerator generator, int[] prompt, int count) {
        var heard = new Heard(Integer.MAX_VALUE);
        generator.add(new GenerationTask(prompt, count, Set.of(), new Sampler(Sampling.GREEDY, 0), heard));
        return heard;
    }

    private static CausalLm model(String family) {
        return ModelLoader.load(Golden.directory(family), Computation.of(ScalarType.Float, new Device("cpu")));
    }

    /** @param threads of the team; 0: not prepared */
    private static CausalLm prepared(String family, int threads) {
        var model = model(family);
        if (threads > 0) {
            SharedGeneration.prepare(model, threads);
        }
        return model;
    }

    private static List<int[]> prompts(CausalLm model, int count) {
        var random = new SplittableRandom(SEED);
        return IntStream.range(0, count)
                .mapToObj(
                        i -> tokens(random, 1 + random.nextInt(25), model.spec().vocabSize()))
                .toList();
    }

    private static int[] tokens(SplittableRandom random, int count, int vocabulary) {
        return random.ints(count, 0, vocabulary).toArray();
    }

    /** Greedy tokens, with the whole text computed for each token. */
    private static List<Integer> anew(CausalLm model, int[] prompt, int count) {
        var ids = prompt;
        var result = new ArrayList<Integer>();
        while (result.size() < count) {
            var logits = logitsAnew(model, ids);
            var best = 0;
            for (var i = 1; i < logits.length; i++) {
                best = logits[i] > logits[best] ? i : best;
            }
            result.add(best);
            ids = Arrays.copyOf(ids, ids.length + 1);
            ids[ids.length - 1] = best;
        }
        return result;
    }

    private static float[] logitsAnew(CausalLm model, int[] ids) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            var hidden = model.hidden(PackedSequences.prompt(ids), Dropout.none());
            return model.head().logits(hidden.narrow(0, ids.length - 1L, 1))[0];
        }
    }

    /** Equal except for rounding: a small logit is a sum of terms as large as those of the largest. */
    private static void assertClose(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        var scale = 2f;
        for (var logit : expected) {
            scale = Math.max(scale, Math.abs(logit));
        }
        for (var i = 0; i < actual.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(1e-5f * scale));
        }
    }
}
