package dev.tandem.experiment.theory.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConvexObjectivesTest {
    private static final int DIMENSION = 4;
    private static final double STEP = 1e-5;

    @Test
    void probabilitiesAreThoseOfTheDefinition() {
        var policy = new LogLinearPolicy(new double[][][] {{{1, 0}, {0, 1}, {0, 0}}});
        var theta = new double[] {Math.log(2), Math.log(3)};
        assertThat(policy.probabilities(0, theta))
                .containsExactly(new double[] {2 / 6.0, 3 / 6.0, 1 / 6.0}, within(1e-15));
        assertThat(policy.logProb(0, 1, theta)).isCloseTo(Math.log(0.5), within(1e-15));
        assertThat(policy.logProb(0, 0, new double[] {2000, 0})).isZero();
    }

    /** The margin of a pair, from the log-probs of both policies: the normalisers cancel. */
    @Test
    void dpoLossIsThatOfTheLogProbs() {
        var random = new SplittableRandom(3);
        var policy = LogLinearPolicy.random(2, 3, DIMENSION, random);
        var reference = Problems.point(DIMENSION, 1.0, random);
        var theta = Problems.point(DIMENSION, 1.0, random);
        var objective = new DpoObjective(policy, List.of(new DpoObjective.Pair(1, 2, 0)), reference, 0.7);
        var margin = policy.logProb(1, 2, theta)
                - policy.logProb(1, 2, reference)
                - policy.logProb(1, 0, theta)
                + policy.logProb(1, 0, reference);
        assertThat(objective.value(theta)).isCloseTo(Math.log1p(Math.exp(-0.7 * margin)), within(1e-14));
        assertThat(objective.value(reference)).isCloseTo(Math.log(2), within(1e-14));
    }

    @Test
    void derivativesAgreeWithDifferences() {
        for (var seed = 0; seed < 20; seed++) {
            var problem = Problems.random(DIMENSION, 7, 3.0, seed);
            var theta = Problems.point(DIMENSION, 1.0, new SplittableRandom(seed));
            for (SmoothObjective f : List.of(
                    problem.sft(), problem.preference(), new WeightedSum(0.3, problem.preference(), problem.sft()))) {
                for (var i = 0; i < DIMENSION; i++) {
                    var up = moved(theta, i, STEP);
                    var down = moved(theta, i, -STEP);
                    assertThat(f.gradient(theta)[i])
                            .isCloseTo((f.value(up) - f.value(down)) / (2 * STEP), within(1e-9));
                    var row = Vectors.sum(f.gradient(up), -1.0, f.gradient(down));
                    for (var j = 0; j < DIMENSION; j++) {
                        assertThat(f.hessian(theta)[i][j]).isCloseTo(row[j] / (2 * STEP), within(1e-8));
                    }
                }
            }
        }
    }

    @Test
    void aMeanIsThatOfItsExamples() {
        var problem = Problems.random(DIMENSION, 9, 3.0, 5);
        var theta = Problems.point(DIMENSION, 1.0, new SplittableRandom(6));
        for (FiniteSum f : List.of(problem.sft(), problem.preference())) {
            var losses = IntStream.range(0, f.size())
                    .mapToDouble(i -> f.loss(i, theta))
                    .toArray();
            assertThat(f.value(theta)).isCloseTo(Arrays.stream(losses).average().orElseThrow(), within(1e-14));
            assertThat(f.addGradient(4, theta, 1.0, new double[DIMENSION])).isCloseTo(losses[4], within(1e-14));
        }
    }

    @Test
    void everySegmentLiesAboveTheFunction() {
        var random = new SplittableRandom(8);
        for (var seed = 0; seed < 50; seed++) {
            var problem = Problems.random(DIMENSION, 5, 3.0, seed);
            var a = Problems.point(DIMENSION, 3.0, random);
            var b = Problems.point(DIMENSION, 3.0, random);
            var middle = Vectors.sum(Vectors.sum(new double[DIMENSION], 0.5, a), 0.5, b);
            for (SmoothObjective f : List.of(problem.sft(), problem.preference())) {
                assertThat(f.value(middle)).isLessThanOrEqualTo(0.5 * (f.value(a) + f.value(b)) + 1e-14);
            }
        }
    }

    private static double[] moved(double[] theta, int index, double by) {
        var result = theta.clone();
        result[index] += by;
        return result;
    }
}
