package dev.tandem.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GlooCollectiveTest {
    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void sumsAreTheSameOnEveryRankToTheLastBit(int count) {
        var sums = LocalRanks.run(count, ranks -> {
            var random = new SplittableRandom(ranks.rank());
            var all = new float[10_000];
            for (var i = 0; i < all.length; i++) {
                all[i] = (float) random.nextGaussian();
            }
            ranks.barrier("a meeting");
            try (var scope = new PointerScope()) {
                var tensor = Tensors.of(all, new Device("cpu"), all.length);
                ranks.allReduce(tensor);
                return Tensors.toFloats(tensor);
            }
        });
        var expected = new double[10_000];
        for (var rank = 0; rank < count; rank++) {
            var random = new SplittableRandom(rank);
            for (var i = 0; i < expected.length; i++) {
                expected[i] += (float) random.nextGaussian();
            }
        }
        for (var sum : sums) {
            assertThat(sum).isEqualTo(sums.get(0));
        }
        for (var i = 0; i < expected.length; i++) {
            assertThat((double) sums.get(0)[i]).isCloseTo(expected[i], org.assertj.core.api.Assertions.within(2e-6));
        }
    }

    @Test
    void numbersAndFlagsAreShared() {
        var sums = LocalRanks.run(3, ranks -> {
            assertThat(ranks.isRankZero()).isEqualTo(ranks.rank() == 0);
            assertThat(ranks.anyRank(ranks.rank() == 2)).isTrue();
            assertThat(ranks.anyRank(false)).isFalse();
            return ranks.allReduce(new double[] {ranks.rank(), 1e-300, 1});
        });
        sums.forEach(sum -> assertThat(sum).containsExactly(3, 3e-300, 3));
    }

    @Test
    void aRankThatLeavesIsNamed() {
        var messages = LocalRanks.run(3, Duration.ofSeconds(6), ranks -> {
            if (ranks.rank() == 1) {
                return "";
            }
            try {
                ranks.allReduce(new double[] {1});
                return "not noticed";
            } catch (RankLostException e) {
                return String.valueOf(e.getMessage());
            }
        });
        assertThat(messages.get(0))
                .startsWith("Rank 0 of 3 lost the others in a sum over all ranks: ")
                .contains("no answer from rank 1.");
        assertThat(messages.get(2)).contains("no answer from rank 1.");
    }

    /** A rank that is alive, and busy for longer than the others want to wait. */
    @Test
    void aRankThatIsStuckInItsWorkIsNamedWithIt() {
        var messages = LocalRanks.run(2, Duration.ofSeconds(1), ranks -> {
            ranks.reportActivity("in step 17");
            if (ranks.rank() == 0) {
                try {
                    ranks.allReduce(new double[] {1});
                    return "not noticed";
                } catch (RankLostException e) {
                    return String.valueOf(e.getMessage());
                }
            }
            LockSupport.parkNanos(Duration.ofSeconds(4).toNanos());
            return "";
        });
        assertThat(messages.get(0))
                .startsWith("Rank 0 of 2 lost the others in a sum over all ranks: ")
                .containsPattern("waiting for rank 1, in step 17 for [1-9] s\\.");
    }

    @Test
    void aRankThatNeverComesIsWaitedForInVain() {
        var environment = new RankEnvironment(0, 2, 0, "127.0.0.1", LocalRanks.freePort(), Duration.ofSeconds(1));
        assertThatThrownBy(() -> GlooCollective.join(environment))
                .isInstanceOf(RankLostException.class)
                .hasMessageContaining("Rank 0 of 2 did not find the others at 127.0.0.1:")
                .hasMessageContaining("within 1 s: rank 1 did not join.")
                .hasMessageContaining("All ranks must be started");
    }

    @Test
    void aProcessByItselfIsItsOwnSum() {
        try (var alone = Collective.single()) {
            assertThat(alone.allReduce(new double[] {1, 2})).containsExactly(1, 2);
            assertThat(alone.anyRank(true)).isTrue();
            assertThat(alone.size()).isEqualTo(1);
            alone.barrier("nobody");
        }
    }
}
