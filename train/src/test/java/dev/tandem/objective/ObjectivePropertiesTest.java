package dev.tandem.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.data.example.RowShape;
import dev.tandem.objective.WeightedLosses.Term;
import dev.tandem.objective.pair.Dpo;
import dev.tandem.objective.pair.Ipo;
import dev.tandem.objective.pair.PairLoss;
import dev.tandem.objective.pair.SimPo;
import dev.tandem.objective.response.Sft;
import dev.tandem.objective.unpaired.Kto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Laws that every objective satisfies, on random batches. */
class ObjectivePropertiesTest {
    private static final LogProbs NO_LOG_PROBS = new LogProbs(new float[0], new int[] {0});

    static Stream<Objective> objectives() {
        var sft = new Term(0.3, Sft.recipe());
        var dpo = new Term(2.0, new LossRecipe("dpo", Map.of(), new Dpo(0.1)));
        var ipo = new Term(1.0, new LossRecipe("ipo", Map.of(), new Ipo(0.5)));
        return Stream.concat(
                Stream.of(
                        new Sft(),
                        new Kto(0.1, 1.0, 1.0),
                        new Kto(0.7, 1.33, 0.8),
                        new SimPo(2.0, 1.0, 0.0),
                        new SimPo(0.3, 0.5, 0.2),
                        new Ipo(0.3, Ipo.Average.TOKENS),
                        new WeightedLosses(List.of(sft)),
                        new WeightedLosses(List.of(dpo, sft)),
                        new WeightedLosses(List.of(dpo, ipo))),
                withReference());
    }

    static Stream<PairLoss> withReference() {
        return Stream.of(new Dpo(0.1), new Dpo(1.0), new Dpo(0.1, 0.1), new Dpo(0.7, 0.4), new Ipo(0.1), new Ipo(0.5));
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void weightsAreTheDerivativeOfTheLoss(Objective objective) {
        var random = new SplittableRandom(1);
        for (var round = 0; round < 20; round++) {
            var batch = batch(objective, random);
            var counts = counts(objective, batch);
            var weights = objective.evaluate(batch, counts).tokenGradients();
            assertThat(weights).hasSameSizeAs(batch.policy().values());
            for (var token = 0; token < weights.length; token++) {
                var up = objective
                        .evaluate(Batches.nudged(batch, token, Batches.STEP), counts)
                        .loss();
                var down = objective
                        .evaluate(Batches.nudged(batch, token, -Batches.STEP), counts)
                        .loss();
                var slope = (up - down) / (2.0 * Batches.STEP);
                assertThat((double) weights[token]).isCloseTo(slope, within(1e-6 + 1e-6 * Math.abs(slope)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void partsOfABatchAddUpToTheWhole(Objective objective) {
        var random = new SplittableRandom(2);
        for (var round = 0; round < 50; round++) {
            var batch = batch(objective, random);
            var counts = counts(objective, batch);
            var whole = objective.evaluate(batch, counts);

            var loss = 0.0;
            var shares = 0.0;
            var weights = new ArrayList<Float>();
            var statistics = new HashMap<String, Double>();
            var from = 0;
            while (from < counts.examples()) {
                var to = random.nextInt(from, counts.examples()) + 1;
                var seen = Batches.part(batch, counts.examples(), from, to);
                var part = objective.evaluate(seen, counts);
                loss += part.loss();
                shares += objective.statistic(seen, counts);
                for (var weight : part.tokenGradients()) {
                    weights.add(weight);
                }
                part.statistics().forEach((name, value) -> statistics.merge(name, value, Double::sum));
                from = to;
            }

            assertThat(loss).isCloseTo(whole.loss(), within(1e-12 * (1.0 + Math.abs(whole.loss()))));
            assertThat(weights).containsExactly(boxed(whole.tokenGradients()));
            assertThat(shares).isCloseTo(objective.statistic(batch, counts), within(1e-9));
            assertThat(statistics).hasSameSizeAs(whole.statistics());
            whole.statistics()
                    .forEach((name, value) -> assertThat(statistics.get(name))
                            .as(name)
                            .isCloseTo(value, within(1e-12 * (1.0 + Math.abs(value)))));
        }
    }

    @ParameterizedTest
    @MethodSource("withReference")
    void whatPolicyAndReferenceShareDoesNotMatter(PairLoss objective) {
        var random = new SplittableRandom(3);
        for (var round = 0; round < 50; round++) {
            var batch = batch(objective, random);
            var shifted = batch;
            for (var sequence = 0; sequence < batch.policy().sequences(); sequence++) {
                var shift = (float) (0x1p-6 * random.nextInt(-64, 64));
                shifted = Batches.nudged(shifted, batch.policy().offsets()[sequence], shift);
                shifted.referenceSums()[sequence] += shift;
            }
            var expected = objective.evaluate(batch, counts(objective, batch));
            var actual = objective.evaluate(shifted, counts(objective, batch));
            assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-9));
            for (var i = 0; i < actual.tokenGradients().length; i++) {
                assertThat(actual.tokenGradients()[i]).isCloseTo(expected.tokenGradients()[i], within(1e-6f));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("withReference")
    void allTokensOfASequenceWeighTheSameAndTheTwoSidesCancel(PairLoss objective) {
        var random = new SplittableRandom(4);
        var scored = batch(objective, random);
        var batch = scored.policy();
        var weights = objective.evaluate(scored, counts(objective, scored)).tokenGradients();
        for (var chosen = 0; chosen < batch.sequences(); chosen += 2) {
            var weight = weights[batch.offsets()[chosen]];
            for (var i = batch.offsets()[chosen]; i < batch.offsets()[chosen + 1]; i++) {
                assertThat(weights[i]).isEqualTo(weight);
            }
            for (var i = batch.offsets()[chosen + 1]; i < batch.offsets()[chosen + 2]; i++) {
                assertThat(weights[i]).isEqualTo(-weight);
            }
        }
    }

    @Test
    void countsOfABatchAreCounts() {
        for (var tokens : List.of(List.<Long>of(), List.of(-1L), List.of(3L, -1L))) {
            assertThatThrownBy(() -> new BatchCounts(1, tokens)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new BatchCounts(0, List.of(1L))).isInstanceOf(IllegalArgumentException.class);
        var none = new BatchCounts(1, List.of(0L));
        assertThatThrownBy(() -> new Sft().evaluate(ScoredBatch.of(NO_LOG_PROBS, new double[0]), none))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Sequences of an example that a loss sees when it is evaluated. */
    private static int seen(Objective objective) {
        return objective.shape().sequences() - (objective.statisticSequence().isPresent() ? 1 : 0);
    }

    private static ScoredBatch batch(Objective objective, SplittableRandom random) {
        var examples = random.nextInt(1, 6);
        var policy = Batches.random(random, seen(objective) * examples);
        return new ScoredBatch(
                policy,
                objective.needsReference() ? Batches.reference(random, policy) : new double[0],
                objective.shape() == RowShape.LABELLED
                        ? random.ints(examples, 0, 2).asDoubleStream().toArray()
                        : new double[0],
                new double[0],
                objective.statisticSequence().isPresent() ? random.nextDouble(-1.0, 3.0) : 0.0);
    }

    private static BatchCounts counts(Objective objective, ScoredBatch batch) {
        return Batches.counts(batch.policy(), seen(objective));
    }

    private static Float[] boxed(float[] values) {
        var boxed = new Float[values.length];
        for (var i = 0; i < values.length; i++) {
            boxed[i] = values[i];
        }
        return boxed;
    }
}
