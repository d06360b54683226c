package dev.tandem.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.example.Example;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.train.cost.MemoryEstimate;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MicroBatchesTest {

    @Test
    void partsAreTheBatchInItsOrderAndAsLargeAsTheLimitsAllow() {
        var random = new SplittableRandom(6);
        for (var i = 0; i < 500; i++) {
            var batch = examples(random, 1 + random.nextInt(30));
            var limits = new MicroBatches(1 + random.nextInt(10), 1 + random.nextInt(150));
            var parts = limits.of(batch);
            assertThat(parts.stream().flatMap(List::stream)).containsExactlyElementsOf(batch);
            for (var p = 0; p < parts.size(); p++) {
                var part = parts.get(p);
                assertThat(part).isNotEmpty().hasSizeLessThanOrEqualTo(limits.examples());
                assertThat(part.size() == 1 || tokens(part) <= limits.tokens()).isTrue();
                if (p + 1 < parts.size()) {
                    var more = tokens(part) + parts.get(p + 1).get(0).tokens();
                    assertThat(part.size() == limits.examples() || more > limits.tokens())
                            .isTrue();
                }
            }
        }
    }

    @Test
    void anUnlimitedBatchIsOnePart() {
        var batch = examples(new SplittableRandom(1), 20);
        assertThat(MicroBatches.whole().of(batch)).containsExactly(batch);
        assertThat(MicroBatches.whole().ofExamples(8).of(batch))
                .extracting(List::size)
                .containsExactly(8, 8, 4);
    }

    @Test
    void noMicroBatchIsLargerThanTheEstimate() {
        var random = new SplittableRandom(7);
        for (var i = 0; i < 500; i++) {
            var examples = examples(random, 1 + random.nextInt(30));
            var limits = new MicroBatches(1 + random.nextInt(10), 1 + random.nextInt(150));
            var estimate = MemoryEstimate.largestMicroBatch(examples, limits.examples(), limits.tokens());
            assertThat(limits.of(examples))
                    .allSatisfy(part -> assertThat(tokens(part)).isLessThanOrEqualTo(estimate));
            // the longest example forms a micro-batch in any case
            assertThat(estimate)
                    .isGreaterThanOrEqualTo(
                            examples.stream().mapToInt(Example::tokens).max().orElseThrow());
        }
        var three = examples(random, 3);
        assertThat(MemoryEstimate.largestMicroBatch(three, Integer.MAX_VALUE, Integer.MAX_VALUE))
                .isEqualTo(tokens(three));
        assertThat(MemoryEstimate.largestMicroBatch(three, Integer.MAX_VALUE, 1))
                .isEqualTo(three.stream().mapToInt(Example::tokens).max().orElseThrow());
    }

    private static long tokens(List<Example> examples) {
        return examples.stream().mapToLong(Example::tokens).sum();
    }

    private static List<Example> examples(SplittableRandom random, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Example(i, List.of(TokenSequence.of(new int[2 + random.nextInt(50)], 1))))
                .toList();
    }
}
