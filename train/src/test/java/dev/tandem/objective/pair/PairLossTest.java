package dev.tandem.objective.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.objective.BatchCounts;
import dev.tandem.objective.Batches;
import dev.tandem.objective.LogProbs;
import dev.tandem.objective.ScoredBatch;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PairLossTest {

    /** Two pairs of one token a response: margins 2 and 0. */
    private static final LogProbs PAIRS = new LogProbs(new float[] {-1, -3, -2, -2}, new int[] {0, 1, 2, 3, 4});

    private static final BatchCounts TWO_PAIRS = Batches.counts(PAIRS, 2);

    @Test
    void withoutSmoothingConservativeDpoIsDpo() {
        var random = new SplittableRandom(6);
        for (var i = 0; i < 100; i++) {
            var margin = random.nextDouble(-100, 100);
            var plain = new Dpo(0.3);
            var conservative = new Dpo(0.3, 0.0);
            assertThat(conservative.loss(margin)).isEqualTo(plain.loss(margin));
            assertThat(conservative.derivative(margin)).isEqualTo(plain.derivative(margin));
            assertThat(new Dpo(0.3, 1e-12).loss(margin)).isCloseTo(plain.loss(margin), within(1e-9));
        }
    }

    @Test
    void atMarginZeroTheSigmoidLossIsLog2() {
        assertThat(new Dpo(0.1).loss(0.0)).isEqualTo(Math.log(2.0), within(1e-15));
        assertThat(new Dpo(5.0, 0.2).loss(0.0)).isEqualTo(Math.log(2.0), within(1e-15));
        assertThat(new Ipo(0.1).loss(0.0)).isEqualTo(25.0, within(1e-12));
        assertThat(new Ipo(0.1).loss(5.0)).isZero();
    }

    @Test
    void extremeMarginsStayFiniteAndKeepTheirDigits() {
        for (var objective : new Dpo[] {new Dpo(0.1), new Dpo(1.0), new Dpo(1.0, 0.1)}) {
            for (var margin : new double[] {1e3, 1e6, 1e300}) {
                assertThat(objective.loss(margin)).isFinite().isNotNegative();
                assertThat(objective.loss(-margin)).isFinite().isPositive();
                assertThat(objective.derivative(margin)).isFinite();
                assertThat(objective.derivative(-margin)).isFinite().isNegative();
            }
        }
        assertThat(new Dpo(1.0).loss(1e6)).isZero();
        assertThat(new Dpo(1.0).loss(-1e6)).isEqualTo(1e6);
        assertThat(new Dpo(1.0).loss(50.0)).isCloseTo(Math.exp(-50.0), within(1e-30));
        assertThat(new Dpo(1.0).derivative(-1e6)).isEqualTo(-1.0);
    }

    @Test
    void statisticsAreMeansOverPairsAndATieIsWrong() {
        var evaluated = new Dpo(0.5).evaluate(ScoredBatch.of(PAIRS, new double[] {-2, -2, -2, -2}), TWO_PAIRS);
        assertThat(evaluated.statistics())
                .containsEntry(PairLoss.CHOSEN_REWARDS, 0.25)
                .containsEntry(PairLoss.REJECTED_REWARDS, -0.25)
                .containsEntry(PairLoss.MARGIN, 0.5)
                .containsEntry(PairLoss.ACCURACY, 0.5)
                .hasSize(4);
        var tied = new Ipo(0.5).evaluate(ScoredBatch.of(PAIRS, new double[] {-1, -3, -2, -2}), TWO_PAIRS);
        assertThat(tied.statistics()).containsEntry(PairLoss.ACCURACY, 0.0);
    }

    /** Half the squared margin of mean log-probs. */
    private record Averaged() implements PairLoss {
        @Override
        public double beta() {
            return 2.0;
        }

        @Override
        public boolean needsReference() {
            return false;
        }

        @Override
        public double divisor(int tokens) {
            return tokens;
        }

        @Override
        public double loss(double margin) {
            return margin * margin / 2;
        }

        @Override
        public double derivative(double margin) {
            return margin;
        }
    }

    @Test
    void sidesMayBeMeansWithoutAReference() {
        var pair = new LogProbs(new float[] {-1, -3, -2, -4, -6}, new int[] {0, 2, 5});
        var evaluated = new Averaged().evaluate(ScoredBatch.of(pair, new double[0]), Batches.counts(pair, 2));
        assertThat(evaluated.loss()).isEqualTo(2.0);
        assertThat(evaluated.tokenGradients()).containsExactly(1, 1, -2f / 3, -2f / 3, -2f / 3);
        assertThat(evaluated.statistics())
                .containsEntry(PairLoss.CHOSEN_REWARDS, -4.0)
                .containsEntry(PairLoss.REJECTED_REWARDS, -8.0)
                .containsEntry(PairLoss.ACCURACY, 1.0);
    }

    @Test
    void refusesWhatIsNotPairs() {
        var objective = new Dpo(0.1);
        var single = new LogProbs(new float[] {-1}, new int[] {0, 1});
        assertThatThrownBy(() -> objective.evaluate(ScoredBatch.of(single, new double[1]), TWO_PAIRS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("even number");
        assertThatThrownBy(() -> objective.evaluate(ScoredBatch.of(PAIRS, new double[3]), TWO_PAIRS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("reference sums");
    }

    @Test
    void parametersOutOfRangeAreTheUsersToCorrect() {
        for (var beta : new double[] {0.0, -0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new Dpo(beta))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("beta");
            assertThatThrownBy(() -> new Ipo(beta))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("beta");
        }
        for (var smoothing : new double[] {-0.1, 0.5, Double.NaN}) {
            assertThatThrownBy(() -> new Dpo(0.1, smoothing))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("label-smoothing");
        }
    }
}
