package dev.tandem.data.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.example.Example;
import dev.tandem.data.example.TokenSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShuffledStreamTest {

    @Test
    void everyEpochHoldsEveryExampleOnceInAnotherOrder() {
        var stream = new ShuffledStream(List.of(examples(0, 50)), new double[] {1}, true, 7);
        var first = indices(stream.take(50));
        var second = indices(stream.take(50));
        assertThat(new TreeSet<>(first)).hasSize(50);
        assertThat(new TreeSet<>(second)).hasSize(50);
        assertThat(first).isNotEqualTo(second).isNotEqualTo(sorted(first));
    }

    @Test
    void withoutShufflingTheFilesOrderRepeats() {
        var stream = new ShuffledStream(List.of(examples(0, 5)), new double[] {1}, false, 7);
        assertThat(indices(stream.take(12))).containsExactly(0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1);
    }

    @Test
    void seedsGiveOrders() {
        assertThat(indices(stream(1).take(60))).isEqualTo(indices(stream(1).take(60)));
        assertThat(indices(stream(1).take(60))).isNotEqualTo(indices(stream(2).take(60)));
    }

    @Test
    void peekingConsumesNothingAndAgreesWithTaking() {
        var random = new Random(3);
        var stream = stream(5);
        for (var i = 0; i < 200; i++) {
            var count = 1 + random.nextInt(40);
            var peeked = stream.peek(count);
            assertThat(stream.peek(count)).isEqualTo(peeked);
            assertThat(stream.take(count)).isEqualTo(peeked);
        }
    }

    @Test
    void aRestoredStreamGoesOnAsIfItHadNeverStopped() {
        var random = new Random(4);
        for (var i = 0; i < 100; i++) {
            var stream = stream(i);
            stream.take(random.nextInt(500));
            var state = stream.state();
            var expected = stream.take(100);
            var other = stream(i);
            other.take(random.nextInt(500));
            other.restore(state);
            assertThat(other.take(100)).isEqualTo(expected);
            assertThat(other.state()).isEqualTo(stream.state());
        }
    }

    @Test
    void sourcesAreBlendedByTheirWeightsAndEachGoesThroughItsEpochs() {
        var stream = stream(11);
        var drawn = indices(stream.take(20_000));
        var fromSecond = drawn.stream().filter(i -> i >= 30).count();
        // 0.2 ± 5 standard deviations of a binomial
        assertThat(fromSecond / 20_000.0).isBetween(0.2 - 0.0142, 0.2 + 0.0142);
        var firstSource = drawn.stream().filter(i -> i < 30).toList();
        for (var epoch = 0; epoch < 10; epoch++) {
            assertThat(new TreeSet<>(firstSource.subList(epoch * 30, epoch * 30 + 30)))
                    .hasSize(30);
        }
    }

    private static ShuffledStream stream(long seed) {
        return new ShuffledStream(List.of(examples(0, 30), examples(30, 7)), new double[] {0.8, 0.2}, true, seed);
    }

    private static List<Example> examples(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(i -> new Example(i, List.of(TokenSequence.of(new int[] {1, 2}, 1))))
                .toList();
    }

    private static List<Integer> indices(List<Example> examples) {
        return examples.stream().map(Example::index).collect(Collectors.toCollection(ArrayList::new));
    }

    private static List<Integer> sorted(List<Integer> values) {
        return values.stream().sorted().toList();
    }
}
