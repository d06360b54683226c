package dev.tandem.experiment.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.experiment.theory.DpoObjective.Pair;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class TradeOffTest {
    private static final double TIGHT = 1e-8;

    /** ∇f + νθ = 0 with ν ≥ 0, and ν = 0 unless θ is at the edge of the ball. */
    @Test
    void minimaMeetTheConditionsOfKarushKuhnAndTucker() {
        var atTheEdge = 0;
        for (var seed = 0; seed < 30; seed++) {
            var problem = Problems.random(3, 6, 1.5, seed);
            for (SmoothObjective f : List.of(
                    problem.sft(), problem.preference(), new WeightedSum(0.4, problem.preference(), problem.sft()))) {
                var theta = Newton.minimize(f, problem.ball(), problem.start()).point();
                atTheEdge += assertStationary(f.gradient(theta), theta, problem.ball()) ? 1 : 0;
            }
        }
        assertThat(atTheEdge).isBetween(10, 80);
    }

    /** At the minimum of a maximum, a convex combination of both gradients is stationary and both gaps are level. */
    @Test
    void theLeastLargestGapIsStationaryToo() {
        for (var seed = 0; seed < 20; seed++) {
            var problem = Problems.random(3, 6, 1.5, seed);
            var lambda = 0.1 + 0.04 * seed;
            var tradeOff = new TradeOff(problem, lambda);
            var theta = tradeOff.max().point();
            var first = lambda
                    * (problem.preference().value(theta) - tradeOff.preference().value());
            var second =
                    (1 - lambda) * (problem.sft().value(theta) - tradeOff.sft().value());
            assertThat(first).isCloseTo(second, within(TIGHT));
            assertThat(tradeOff.max().value()).isPositive().isCloseTo(first, within(TIGHT));
            assertThat(tradeOff.max().bound()).isLessThanOrEqualTo(Newton.PRECISION);
            assertThat(leastSuboptimality(problem, lambda, theta)).isLessThan(1e-6);
        }
    }

    @Test
    void noPointOfTheBallIsBetter() {
        var random = new SplittableRandom(11);
        for (var seed = 0; seed < 10; seed++) {
            var problem = Problems.random(4, 8, 2.0, seed);
            var tradeOff = new TradeOff(problem, 0.5);
            for (var i = 0; i < 500; i++) {
                var theta = Problems.feasible(problem, random);
                assertThat(problem.sft().value(theta))
                        .isGreaterThan(tradeOff.sft().value() - 1e-12);
                assertThat(problem.preference().value(theta))
                        .isGreaterThan(tradeOff.preference().value() - 1e-12);
                assertThat(tradeOff.mixGap(theta)).isGreaterThan(-1e-12);
                assertThat(tradeOff.maxGap(theta)).isGreaterThan(-Newton.PRECISION);
            }
        }
    }

    @Test
    void inTwoDimensionsAFineGridFindsTheSame() {
        for (var seed = 0; seed < 4; seed++) {
            var problem = Problems.random(2, 6, 1.0, seed);
            var tradeOff = new TradeOff(problem, 0.3);
            assertThat(gridMinimum(problem.ball(), tradeOff::mixGap)).isBetween(-1e-12, 1e-4);
            assertThat(gridMinimum(problem.ball(), tradeOff::maxGap)).isBetween(-Newton.PRECISION, 3e-3);
        }
    }

    /** Preferences without contradictions have no finite optimum: in the ball it is at the edge, along φ_w − φ_l. */
    @Test
    void separablePreferencesEndAtTheEdge() {
        var policy = new LogLinearPolicy(new double[][][] {{{3, 4}, {0, 0}}});
        var f = new DpoObjective(policy, List.of(new Pair(0, 0, 1)), new double[2], 0.1);
        var minimum = Newton.minimize(f, new Ball(10), new double[2]);
        assertThat(minimum.point()).containsExactly(new double[] {6, 8}, within(1e-9));
        assertThat(minimum.value()).isCloseTo(Math.log1p(Math.exp(-5)), within(1e-12));
    }

    @Test
    void atTheEndsThereIsNoTradeOff() {
        var problem = ConvexProblem.conflicting(1, 1.0);
        for (var lambda : new double[] {0, 1, -1, Double.NaN}) {
            assertThatThrownBy(() -> new TradeOff(problem, lambda))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("lambda");
        }
    }

    /** @return whether the point is at the edge */
    private static boolean assertStationary(double[] gradient, double[] theta, Ball ball) {
        var square = Vectors.dot(theta, theta);
        var multiplier = -Vectors.dot(gradient, theta) / square;
        var edge = Math.sqrt(square) > ball.radius() - 1e-9;
        assertThat(Math.sqrt(square)).isLessThanOrEqualTo(ball.radius() + 1e-12);
        assertThat(Vectors.norm(edge ? Vectors.sum(gradient, multiplier, theta) : gradient))
                .isLessThan(TIGHT);
        assertThat(multiplier).isGreaterThan(-TIGHT);
        return edge;
    }

    private static double leastSuboptimality(ConvexProblem problem, double lambda, double[] theta) {
        var least = Double.POSITIVE_INFINITY;
        var low = 0.0;
        var high = 1.0;
        // convex in μ: the norm and the linear part of a gradient that is linear in μ
        for (var i = 0; i < 200; i++) {
            var left = low + (high - low) / 3;
            var right = high - (high - low) / 3;
            var atLeft = suboptimality(problem, lambda, left, theta);
            var atRight = suboptimality(problem, lambda, right, theta);
            least = Math.min(least, Math.min(atLeft, atRight));
            if (atLeft < atRight) {
                high = right;
            } else {
                low = left;
            }
        }
        return least;
    }

    private static double suboptimality(ConvexProblem problem, double lambda, double share, double[] theta) {
        var gradient = new double[theta.length];
        Vectors.add(gradient, share * lambda, problem.preference().gradient(theta));
        Vectors.add(gradient, (1 - share) * (1 - lambda), problem.sft().gradient(theta));
        return problem.ball().suboptimality(theta, gradient);
    }

    private static double gridMinimum(Ball ball, ToDoubleFunction<double[]> f) {
        var least = Double.POSITIVE_INFINITY;
        for (var i = -300; i <= 300; i++) {
            for (var j = -300; j <= 300; j++) {
                var theta = new double[] {i * ball.radius() / 300, j * ball.radius() / 300};
                ball.project(theta);
                least = Math.min(least, f.applyAsDouble(theta));
            }
        }
        return least;
    }
}
