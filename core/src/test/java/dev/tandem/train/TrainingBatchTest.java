package dev.tandem.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.data.Example;
import dev.tandem.data.TokenSequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingBatchTest {
    private static final ReferenceLogProbs NONE = ReferenceLogProbs.none();

    private static Example example(int index, int sequences) {
        var sequence = new TokenSequence(new int[] {1, 2}, new boolean[] {false, true});
        return new Example(index, Collections.nCopies(sequences, sequence));
    }

    /** However a batch is cut, every sequence keeps its reward. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aPartHasTheRewardsOfItsExamples(long seed) {
        var random = new Random(seed);
        var examples = new ArrayList<Example>();
        var rewards = new ArrayList<Double>();
        for (var i = 0; i < 20; i++) {
            var sequences = 1 + random.nextInt(3);
            // the reward says which sequence it is of
            for (var s = 0; s < sequences; s++) {
                rewards.add(100.0 * i + s);
            }
            examples.add(example(i, sequences));
        }
        var batch = new TrainingBatch(
                examples, NONE, rewards.stream().mapToDouble(r -> r).toArray());
        Collections.shuffle(examples, random);
        var part = batch.part(examples.subList(0, 7));
        var expected = part.examples().stream()
                .flatMap(e -> java.util.stream.IntStream.range(0, e.sequences().size())
                        .mapToObj(s -> 100.0 * e.index() + s))
                .toList();
        assertThat(part.rewards()).containsExactly(expected.toArray(Double[]::new));
        assertThat(part.part(part.examples().subList(3, 4)).rewards())
                .startsWith(100.0 * examples.get(3).index());
    }

    @Test
    void wrongRewardsAreRefused() {
        var examples = List.of(example(0, 2), example(1, 2));
        assertThatThrownBy(() -> new TrainingBatch(examples, NONE, new double[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("3 rewards for 4 sequences");
        var batch = new TrainingBatch(examples, NONE, new double[4]);
        assertThatThrownBy(() -> batch.part(List.of(example(2, 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the batch has no example 2");
        assertThat(TrainingBatch.of(examples, NONE).part(List.of(example(2, 1))).rewards())
                .isEmpty();
    }
}
