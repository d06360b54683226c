package dev.tandem.model.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final int DRAWS = 40_000;

    /** Compares with probabilities computed one rule after the other, by definition. */
    @Test
    void drawsEveryTokenWithItsProbability() {
        var random = new SplittableRandom(3);
        for (var round = 0; round < 12; round++) {
            var sampling = new Sampling(
                    0.3 + 1.5 * random.nextDouble(),
                    random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(8),
                    random.nextBoolean() ? 1.0 : 0.3 + 0.69 * random.nextDouble(),
                    random.nextBoolean() ? 0.0 : 0.2 * random.nextDouble(),
                    random.nextBoolean() ? 1.0 : 1.3);
            var logits = logits(random, 12);
            var expected = probabilities(sampling, logits, 4);
            var counts = new int[logits.length];
            for (var draw = 0; draw < DRAWS; draw++) {
                var sampler = new Sampler(sampling, 1_000_003L * round + draw);
                sampler.see(new int[] {4});
                counts[sampler.next(logits)]++;
            }
            for (var i = 0; i < counts.length; i++) {
                var deviation = Math.sqrt(expected[i] * (1 - expected[i]) / DRAWS);
                assertThat(counts[i] / (double) DRAWS)
                        .as("%s, token %d", sampling, i)
                        .isCloseTo(expected[i], within(5 * deviation + 1e-12));
            }
        }
    }

    private static float[] logits(SplittableRandom random, int count) {
        var result = new float[count];
        for (var i = 0; i < count; i++) {
            result[i] = (float) (6 * random.nextDouble() - 3);
        }
        return result;
    }

    private static double[] probabilities(Sampling sampling, float[] logits, int seen) {
        var scores = new double[logits.length];
        for (var i = 0; i < scores.length; i++) {
            var penalty = i == seen ? sampling.repetitionPenalty() : 1.0;
            scores[i] = (logits[i] > 0 ? logits[i] / penalty : logits[i] * penalty) / sampling.temperature();
        }
        var order = IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i]))
                .toList();
        var kept =
                new HashSet<>(sampling.topK() == 0 ? order : order.subList(0, Math.min(order.size(), sampling.topK())));
        var sum = kept.stream().mapToDouble(i -> Math.exp(scores[i])).sum();
        var before = 0.0;
        for (var i : order) {
            if (before >= sampling.topP() * sum) {
                kept.remove(i);
            }
            before += kept.contains(i) ? Math.exp(scores[i]) : 0.0;
        }
        var best = Math.exp(scores[order.get(0)]);
        kept.removeIf(i -> Math.exp(scores[i]) < sampling.minP() * best);
        var total = kept.stream().mapToDouble(i -> Math.exp(scores[i])).sum();
        return IntStream.range(0, scores.length)
                .mapToDouble(i -> kept.contains(i) ? Math.exp(scores[i]) / total : 0.0)
                .toArray();
    }

    @Test
    void greedyTakesTheFirstOfTheLargestAndPenaltiesMoveIt() {
        var logits = new float[] {-1, 3, 3, -0.5f};
        assertThat(new Sampler(Sampling.GREEDY, 1).next(logits)).isEqualTo(1);
        var penalised = new Sampler(new Sampling(0, 0, 1, 0, 2), 1);
        assertThat(penalised.next(logits)).isEqualTo(1);
        assertThat(penalised.next(logits)).isEqualTo(2);
        assertThat(penalised.next(logits)).isEqualTo(1);
        assertThat(logits).containsExactly(-1, 3, 3, -0.5f);
    }

    @Test
    void choosesNoTokenBeyondTheVocabulary() {
        var logits = new float[] {1, 0, 9, 9};
        for (var sampling : new Sampling[] {Sampling.GREEDY, new Sampling(1, 3, 0.99, 0, 1.5)}) {
            var sampler = new Sampler(sampling, 3, 2);
            for (var i = 0; i < 100; i++) {
                assertThat(sampler.next(logits)).isLessThan(2);
            }
        }
    }

    @Test
    void aSeedGivesTheSameDraws() {
        var random = new SplittableRandom(9);
        var sampling = new Sampling(1, 5, 0.9, 0.05, 1.1);
        var one = new Sampler(sampling, 7);
        var two = new Sampler(sampling, 7);
        for (var i = 0; i < 200; i++) {
            var logits = logits(random, 30);
            assertThat(one.next(logits)).isEqualTo(two.next(logits));
        }
    }

    @Test
    void atTheEdgeOnlyTheMostProbableTokenIsLeft() {
        var random = new SplittableRandom(10);
        for (var sampling : List.of(new Sampling(2, 0, 0, 0, 1), new Sampling(2, 0, 1, 1, 1))) {
            for (var i = 0; i < 50; i++) {
                var logits = logits(random, 30);
                assertThat(new Sampler(sampling, i).next(logits))
                        .isEqualTo(new Sampler(Sampling.GREEDY, i).next(logits));
            }
        }
    }

    @Test
    void refusesNumbersOutOfRange() {
        assertThatThrownBy(() -> new Sampling(-1, 0, 1, 0, 1))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("temperature is -1.0");
        assertThatThrownBy(() -> new Sampling(1, -1, 1, 0, 1)).hasMessageContaining("top-k is -1");
        assertThatThrownBy(() -> new Sampling(1, 0, -0.1, 0, 1)).hasMessageContaining("top-p is -0.1");
        assertThatThrownBy(() -> new Sampling(1, 0, 1, 1.1, 1)).hasMessageContaining("min-p is 1.1");
        assertThatThrownBy(() -> new Sampling(Double.NaN, 0, 1, 0, 1)).hasMessageContaining("temperature is NaN");
        assertThatThrownBy(() -> new Sampling(1, 0, 1, 0, 0)).hasMessageContaining("repetition-penalty is 0.0");
    }
}
