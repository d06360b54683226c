package dev.tandem.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.objective.WeightedLosses.Term;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Laws every objective keeps, on random batches. */
class ObjectivePropertiesTest {
    private static final LogProbs NO_LOG_PROBS = new LogProbs(new float[0], new int[] {0});

    static Stream<Objective> objectives() {
        var sft = new Term(0.3, Sft.recipe());
        var dpo = new Term(2.0, new LossRecipe("dpo", Map.of(), new Dpo(0.1)));
        var ipo = new Term(1.0, new LossRecipe("ipo", Map.of(), new Ipo(0.5)));
        return Stream.concat(
                Stream.of(
                        new Sft(),
                        new WeightedLosses(List.of(sft)),
                        new WeightedLosses(List.of(dpo, sft)),
                        new WeightedLosses(List.of(dpo, ipo))),
                preferenceObjectives());
    }

    static Stream<PreferenceObjective> preferenceObjectives() {
        return Stream.of(new Dpo(0.1), new Dpo(1.0), new Dpo(0.1, 0.1), new Dpo(0.7, 0.4), new Ipo(0.1), new Ipo(0.5));
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void weightsAreTheDerivativeOfTheLoss(Objective objective) {
        var random = new SplittableRandom(1);
        for (var round = 0; round < 20; round++) {
            var batch = batch(objective, random);
            var reference = reference(objective, random, batch);
            var counts = counts(objective, batch);
            var weights =
                    objective.evaluate(ScoredBatch.of(batch, reference), counts).weights();
            assertThat(weights).hasSameSizeAs(batch.values());
            for (var token = 0; token < weights.length; token++) {
                var up = loss(objective, Batches.nudged(batch, token, Batches.STEP), reference, counts);
                var down = loss(objective, Batches.nudged(batch, token, -Batches.STEP), reference, counts);
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
            var reference = reference(objective, random, batch);
            var counts = counts(objective, batch);
            var whole = objective.evaluate(ScoredBatch.of(batch, reference), counts);

            var loss = 0.0;
            var weights = new ArrayList<Float>();
            var statistics = new HashMap<String, Double>();
            var from = 0;
            while (from < batch.sequences()) {
                var examples = (batch.sequences() - from) / objective.shape().sequences();
                var to = from + objective.shape().sequences() * random.nextInt(1, examples + 1);
                var sums = objective.needsReference() ? Arrays.copyOfRange(reference, from, to) : new double[0];
                var part = objective.evaluate(ScoredBatch.of(batch.slice(from, to - from), sums), counts);
                loss += part.loss();
                for (var weight : part.weights()) {
                    weights.add(weight);
                }
                part.statistics().forEach((name, value) -> statistics.merge(name, value, Double::sum));
                from = to;
            }

            assertThat(loss).isCloseTo(whole.loss(), within(1e-12 * (1.0 + Math.abs(whole.loss()))));
            assertThat(weights).containsExactly(boxed(whole.weights()));
            assertThat(statistics).hasSameSizeAs(whole.statistics());
            whole.statistics()
                    .forEach((name, value) -> assertThat(statistics.get(name))
                            .as(name)
                            .isCloseTo(value, within(1e-12 * (1.0 + Math.abs(value)))));
        }
    }

    @ParameterizedTest
    @MethodSource("preferenceObjectives")
    void whatPolicyAndReferenceShareDoesNotMatter(PreferenceObjective objective) {
        var random = new SplittableRandom(3);
        for (var round = 0; round < 50; round++) {
            var batch = batch(objective, random);
            var reference = reference(objective, random, batch);
            var shifted = batch;
            var shiftedReference = reference.clone();
            for (var sequence = 0; sequence < batch.sequences(); sequence++) {
                var shift = (float) (0x1p-6 * random.nextInt(-64, 64));
                shifted = Batches.nudged(shifted, batch.offsets()[sequence], shift);
                shiftedReference[sequence] += shift;
            }
            var expected = objective.evaluate(ScoredBatch.of(batch, reference), counts(objective, batch));
            var actual = objective.evaluate(ScoredBatch.of(shifted, shiftedReference), counts(objective, batch));
            assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-9));
            for (var i = 0; i < actual.weights().length; i++) {
                assertThat(actual.weights()[i]).isCloseTo(expected.weights()[i], within(1e-6f));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("preferenceObjectives")
    void allTokensOfASequenceWeighTheSameAndTheTwoSidesCancel(PreferenceObjective objective) {
        var random = new SplittableRandom(4);
        var batch = batch(objective, random);
        var weights = objective
                .evaluate(ScoredBatch.of(batch, reference(objective, random, batch)), counts(objective, batch))
                .weights();
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

    private static LogProbs batch(Objective objective, SplittableRandom random) {
        return Batches.random(random, objective.shape().sequences() * random.nextInt(1, 6));
    }

    private static double[] reference(Objective objective, SplittableRandom random, LogProbs batch) {
        return objective.needsReference() ? Batches.reference(random, batch) : new double[0];
    }

    private static BatchCounts counts(Objective objective, LogProbs batch) {
        return Batches.counts(batch, objective.shape().sequences());
    }

    private static double loss(Objective objective, LogProbs batch, double[] reference, BatchCounts counts) {
        return objective.evaluate(ScoredBatch.of(batch, reference), counts).loss();
    }

    private static Float[] boxed(float[] values) {
        var boxed = new Float[values.length];
        for (var i = 0; i < values.length; i++) {
            boxed[i] = values[i];
        }
        return boxed;
    }
}
