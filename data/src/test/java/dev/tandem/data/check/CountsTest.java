package dev.tandem.data.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CountsTest {

    @Test
    void hashesAreASetUpToTheirLimit() {
        var random = new SplittableRandom(3);
        var expected = new HashSet<Long>();
        var hashes = new RowHashes();
        for (var i = 0; i < 20_000; i++) {
            var hash = random.nextInt(8) == 0 ? random.nextLong(500) << 40 : random.nextLong();
            assertThat(hashes.contains(hash)).isEqualTo(expected.contains(hash));
            assertThat(hashes.add(hash)).isEqualTo(expected.add(hash));
        }
        assertThat(hashes.full()).isFalse();
        var few = new RowHashes(2);
        assertThat(IntStream.of(5, 6, 7, 7, 5).mapToObj(few::add)).containsExactly(true, true, true, true, false);
        assertThat(few.full()).isTrue();
        assertThat(few.contains(7)).isFalse();
    }

    @Test
    void lengthsAreThoseOfTheSortedList() {
        var random = new SplittableRandom(4);
        for (var round = 0; round < 50; round++) {
            var all = random.ints(random.nextInt(1, 60), 1, random.nextInt(2, 3_000))
                    .sorted()
                    .toArray();
            var counts = new LengthCounts();
            IntStream.of(all).forEach(counts::add);
            var lengths = counts.lengths().orElseThrow();
            assertThat(lengths.sequences()).isEqualTo(all.length);
            assertThat(lengths.tokens()).isEqualTo(IntStream.of(all).sum());
            assertThat(lengths.median()).isEqualTo(all[all.length / 2]);
            assertThat(lengths.most95()).isEqualTo(all[Math.min(all.length - 1, all.length * 95 / 100)]);
            assertThat(lengths.longest()).isEqualTo(all[all.length - 1]);
            assertThat(lengths.histogram())
                    .hasSizeLessThanOrEqualTo(10)
                    .allSatisfy(bar -> assertThat(bar.sequences())
                            .isEqualTo(IntStream.of(all)
                                    .filter(length -> length >= bar.from() && length <= bar.to())
                                    .count()));
            assertThat(lengths.histogram().stream()
                            .mapToLong(Lengths.Bar::sequences)
                            .sum())
                    .isEqualTo(all.length);
        }
        assertThat(new LengthCounts().lengths()).isEmpty();
    }
}
