package dev.tandem.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Laws of batches by a token budget, over data, windows and budgets of all sizes. */
class TokenBatchesTest {
    private static final int CASES = 200;

    /** Examples of one or two sources, and the parameters of their batches. */
    private record Setting(List<List<Example>> sources, int budget, int window, boolean shuffle, long seed) {
        static Setting random(SplittableRandom random) {
            var first = examples(random, 0, 1 + random.nextInt(60));
            var second = examples(random, first.size(), 1 + random.nextInt(20));
            return new Setting(
                    random.nextBoolean() ? List.of(first) : List.of(first, second),
                    1 + random.nextInt(200),
                    1 + random.nextInt(100),
                    random.nextInt(4) > 0,
                    random.nextLong());
        }

        Setting ofOneSource() {
            return new Setting(sources.subList(0, 1), budget, window, shuffle, seed);
        }

        SeededStream draws() {
            var weights = sources.size() == 1 ? new double[] {1} : new double[] {0.7, 0.3};
            return new SeededStream(sources, weights, shuffle, seed);
        }

        TokenBatches batches() {
            return new TokenBatches(draws(), budget, window, shuffle, seed);
        }
    }

    @Test
    void aWindowsBatchesHoldItsDrawsOnce() {
        forAll(setting -> {
            var draws = setting.draws();
            var batches = setting.batches();
            for (var i = 0; i < 3; i++) {
                var drawn = draws.take(setting.window());
                assertThat(examples(batches, setting.window())).containsExactlyInAnyOrderElementsOf(drawn);
            }
        });
    }

    @Test
    void anEpochHoldsEveryExampleOnce() {
        forAll(any -> {
            var setting = any.ofOneSource();
            var size = setting.sources().get(0).size();
            // windows and epochs end together here: no example of the next epoch comes early
            var whole = new TokenBatches(setting.draws(), setting.budget(), size, setting.shuffle(), setting.seed());
            for (var epoch = 0; epoch < 3; epoch++) {
                var indices = new TreeSet<>(indices(examples(whole, size)));
                assertThat(indices).hasSize(size);
            }
            // as many windows as epochs end together in any case
            var counts = new int[size];
            indices(examples(setting.batches(), size * setting.window())).forEach(i -> counts[i]++);
            assertThat(counts).containsOnly(setting.window());
        });
    }

    @Test
    void noBatchIsEmptyOrOverTheBudgetButASingleExample() {
        forAll(setting -> {
            var batches = setting.batches();
            for (var i = 0; i < 100; i++) {
                var batch = batches.take();
                assertThat(batch).isNotEmpty();
                if (batch.size() > 1) {
                    assertThat(tokens(batch)).isLessThanOrEqualTo(setting.budget());
                }
            }
        });
    }

    @Test
    void withoutShufflingBatchesAreAsFullAsTheOrderAllows() {
        forAll(any -> {
            var setting = new Setting(any.sources(), any.budget(), any.window(), false, any.seed());
            var draws = setting.draws();
            var batches = setting.batches();
            for (var drawn = 0; drawn < 3 * setting.window(); ) {
                var batch = batches.take();
                assertThat(batch).isEqualTo(draws.take(batch.size()));
                drawn += batch.size();
                if (drawn % setting.window() != 0) {
                    assertThat(tokens(batch) + draws.peek(1).get(0).tokens()).isGreaterThan(setting.budget());
                }
            }
        });
    }

    @Test
    void peekingConsumesNothingAndAgreesWithTaking() {
        forAll(setting -> {
            var looked = setting.batches();
            var plain = setting.batches();
            for (var i = 0; i < 50; i++) {
                var batch = plain.take();
                var before = looked.state();
                assertThat(looked.peek()).isEqualTo(batch).isEqualTo(looked.peek());
                assertThat(looked.state()).isEqualTo(before);
                assertThat(looked.take()).isEqualTo(batch);
                assertThat(looked.state()).isEqualTo(plain.state());
            }
        });
    }

    @Test
    void aRestoredStreamGoesOnAsIfItHadNeverStopped() {
        var random = new SplittableRandom(5);
        forAll(setting -> {
            var straight = setting.batches();
            take(straight, random.nextInt(150));
            if (random.nextBoolean()) {
                straight.peek();
            }
            var state = straight.state();
            var other = setting.batches();
            take(other, random.nextInt(150));
            other.restore(state);
            assertThat(other.state()).isEqualTo(state);
            assertThat(take(other, 60)).isEqualTo(take(straight, 60));
            assertThat(other.state()).isEqualTo(straight.state());
        });
    }

    @Test
    void seedsGiveOrders() {
        var sources = List.of(examples(new SplittableRandom(1), 0, 100));
        var one = new Setting(sources, 100, 64, true, 1);
        var two = new Setting(sources, 100, 64, true, 2);
        assertThat(take(one.batches(), 40)).isEqualTo(take(one.batches(), 40));
        assertThat(take(one.batches(), 40)).isNotEqualTo(take(two.batches(), 40));
    }

    @Test
    void batchesOfAWindowComeInNoOrderOfLength() {
        var batches = new Setting(List.of(examples(new SplittableRandom(1), 0, 256)), 60, 256, true, 3).batches();
        var first = longest(batches, 256);
        var second = longest(batches, 256);
        assertThat(first).isNotEqualTo(first.stream().sorted().toList());
        assertThat(second).isNotEqualTo(first);
    }

    @Test
    void lengthsInABatchAreSimilar() {
        var sources = List.of(examples(new SplittableRandom(1), 0, 2_000));
        var sorted = new Setting(sources, 300, 256, true, 3).batches();
        var mixed = new Setting(sources, 300, 256, false, 3).batches();
        assertThat(spread(take(sorted, 150))).isLessThan(spread(take(mixed, 150)) / 5);
    }

    @Test
    void refusesPositionsItCannotHaveBeenAt() {
        var batches = new Setting(List.of(examples(new SplittableRandom(1), 0, 30)), 1, 10, true, 3).batches();
        batches.restore(new StreamState(20, List.of(20L), 9));
        assertThatThrownBy(() -> batches.restore(new StreamState(20, List.of(20L), 10)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10 batches after draw 20");
        assertThatThrownBy(() -> batches.restore(new StreamState(25, List.of(25L), 0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> batches.restore(new StreamState(20, List.of(10L, 10L), 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 sources");
        var counted = new CountedBatches(
                new SeededStream(List.of(examples(new SplittableRandom(1), 0, 30)), new double[] {1}, true, 3), 4);
        assertThatThrownBy(() -> counted.restore(new StreamState(20, List.of(20L), 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("batch-tokens");
    }

    @Test
    void countedBatchesAreTheDrawsInTheirOrder() {
        forAll(setting -> {
            var size = 1 + setting.window() % 7;
            var batches = new CountedBatches(setting.draws(), size);
            var draws = setting.draws();
            for (var i = 0; i < 20; i++) {
                assertThat(batches.peek()).isEqualTo(draws.peek(size));
                assertThat(batches.take()).isEqualTo(draws.take(size));
                assertThat(batches.state()).isEqualTo(draws.state());
            }
        });
    }

    private interface Law {
        void holdsFor(Setting setting);
    }

    private static void forAll(Law law) {
        var random = new SplittableRandom(2410_15483);
        for (var i = 0; i < CASES; i++) {
            law.holdsFor(Setting.random(random));
        }
    }

    private static List<List<Example>> take(BatchStream stream, int count) {
        return IntStream.range(0, count).mapToObj(i -> stream.take()).toList();
    }

    /** The examples of the next batches, which must end at {@code count} of them. */
    private static List<Example> examples(BatchStream batches, int count) {
        var result = new ArrayList<Example>();
        while (result.size() < count) {
            result.addAll(batches.take());
        }
        assertThat(result).hasSize(count);
        return result;
    }

    private static List<Integer> longest(BatchStream batches, int count) {
        var result = new ArrayList<Integer>();
        for (var drawn = 0; drawn < count; ) {
            var batch = batches.take();
            drawn += batch.size();
            result.add(batch.stream().mapToInt(Example::tokens).max().orElseThrow());
        }
        return result;
    }

    private static long spread(List<List<Example>> batches) {
        return batches.stream()
                .mapToLong(batch -> {
                    var lengths = batch.stream().mapToInt(Example::tokens).summaryStatistics();
                    return lengths.getMax() - lengths.getMin();
                })
                .sum();
    }

    private static long tokens(List<Example> batch) {
        return batch.stream().mapToLong(Example::tokens).sum();
    }

    /** Examples of 2 to 51 tokens. */
    private static List<Example> examples(SplittableRandom random, int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(i -> new Example(i, List.of(TokenSequence.of(new int[2 + random.nextInt(50)], 1))))
                .toList();
    }

    private static List<Integer> indices(List<Example> examples) {
        return examples.stream().map(Example::index).toList();
    }
}
