package dev.tandem.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.method.draw.Alright;
import dev.tandem.method.draw.Alright.Draws;
import dev.tandem.method.draw.Maxright;
import dev.tandem.method.draw.Maxright.ProbeBatch;
import dev.tandem.method.gradient.PcGrad;
import dev.tandem.method.joint.Mix;
import dev.tandem.method.stage.Sequential;
import dev.tandem.method.stage.SingleObjective;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The methods on a problem whose answers are known: N quadratics f_i(x) = ½‖x − a_i‖², minimised by gradient descent
 * with noisy gradients. Σ w_i f_i is smallest at Σ w_i a_i.
 */
class ConvexProblemTest {
    private static final int STEPS = 6_000;
    private static final double RATE = 0.01;
    private static final double NOISE = 0.05;

    /** Two minima at distance 2. */
    private static final double[][] TWO = {{-1, 0, 0}, {1, 0, 0}};

    private static final double[][] THREE = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};

    @Test
    void jointMethodsReachTheWeightedOptimumOfTwo() {
        var half = ObjectiveWeights.of(0.5, 0.5);
        var origin = new double[3];
        assertThat(distance(minimize(new Mix(half), TWO), origin)).isLessThan(0.05);
        assertThat(distance(minimize(new Alright(half, Draws.BERNOULLI, 1), TWO), origin))
                .isLessThan(0.3);
        assertThat(distance(minimize(new Alright(half, Draws.BALANCED, 1), TWO), origin))
                .isLessThan(0.05);
        var maxright = maxright(half, 10);
        assertThat(distance(minimize(maxright, TWO), origin)).isLessThan(0.1);
    }

    @Test
    void weightsMoveTheAnswer() {
        var weights = ObjectiveWeights.of(0.2, 0.8);
        var optimum = new double[] {0.6, 0, 0};
        assertThat(distance(minimize(new Mix(weights), TWO), optimum)).isLessThan(0.05);
        assertThat(distance(minimize(new Alright(weights, Draws.BERNOULLI, 2), TWO), optimum))
                .isLessThan(0.3);
        assertThat(distance(minimize(new Alright(weights, Draws.BALANCED, 2), TWO), optimum))
                .isLessThan(0.05);
    }

    /** MAXRIGHT lowers the largest weighted gap: it ends where they are level, not at the weighted sum's minimum. */
    @Test
    void maxrightLevelsTheWeightedGaps() {
        var method = maxright(ObjectiveWeights.of(0.2, 0.8), 10);
        var x = minimize(method, TWO);
        var level = 0.8 * loss(x, TWO[1]);
        assertThat(0.2 * loss(x, TWO[0])).isCloseTo(level, within(0.05));
        // 0.2·(1+p)² = 0.8·(1−p)² at p = 1/3.
        assertThat(distance(x, new double[] {1.0 / 3.0, 0, 0})).isLessThan(0.1);
    }

    @Test
    void sequentialForgetsTheFirst() {
        for (var last = 0; last < 2; last++) {
            var method = new Sequential(List.of(1 - last, last), List.of(STEPS / 2, STEPS / 2));
            var x = minimize(method, TWO);
            assertThat(distance(x, TWO[last])).isLessThan(0.05);
            assertThat(distance(x, new double[3])).isGreaterThan(0.9);
        }
    }

    /** Where gradients conflict PCGrad follows none against another: it ends where the objectives cannot agree any more. */
    @Test
    void pcgradEndsWhereNoObjectiveGainsWithoutAnotherLosing() {
        var two = minimize(new PcGrad(new double[] {1, 1}, 1), TWO);
        assertThat(two[0]).isBetween(-1.0, 1.0);
        assertThat(Math.hypot(two[1], two[2])).isLessThan(0.05);
        var three = minimize(new PcGrad(new double[] {1, 1, 1}, 1), THREE);
        assertThat(three[0] + three[1] + three[2]).isCloseTo(1.0, within(0.05));
        assertThat(Arrays.stream(three)).allSatisfy(x -> assertThat(x).isBetween(-0.05, 1.05));
    }

    @Test
    void threeObjectives() {
        var weights = ObjectiveWeights.of(0.5, 0.25, 0.25);
        assertThat(distance(minimize(new Mix(weights), THREE), weights.values()))
                .isLessThan(0.05);
        assertThat(distance(minimize(new Alright(weights, Draws.BERNOULLI, 3), THREE), weights.values()))
                .isLessThan(0.3);
        assertThat(distance(minimize(new Alright(weights, Draws.BALANCED, 3), THREE), weights.values()))
                .isLessThan(0.05);
        var third = 1.0 / 3.0;
        var even = ObjectiveWeights.of(third, third, third);
        var maxright = maxright(even, 5);
        assertThat(distance(minimize(maxright, THREE), even.values())).isLessThan(0.1);
        var sequential = new Sequential(List.of(0, 1, 2), List.of(2_000, 2_000, 2_000));
        assertThat(distance(minimize(sequential, THREE), THREE[2])).isLessThan(0.05);
        assertThat(distance(minimize(new SingleObjective(1), THREE), THREE[1])).isLessThan(0.05);
    }

    private static Maxright maxright(ObjectiveWeights weights, int every) {
        return new Maxright(new Maxright.Settings(weights, every, ProbeBatch.NEXT, 0.0), new double[weights.size()]);
    }

    /** Where the method leads from (0, 0, 2). */
    private static double[] minimize(Method method, double[][] minima) {
        var random = new SplittableRandom(17);
        var x = new double[] {0, 0, 2};
        for (var step = 0; step < STEPS; step++) {
            var here = x.clone();
            var plan = method.plan(step, objective -> loss(here, minima[objective]));
            var losses = new double[plan.terms().size()];
            var gradients = new double[losses.length][x.length];
            for (var t = 0; t < losses.length; t++) {
                var term = plan.terms().get(t);
                losses[t] = loss(here, minima[term.objective()]);
                for (var d = 0; d < x.length; d++) {
                    gradients[t][d] = here[d] - minima[term.objective()][d] + NOISE * (2.0 * random.nextDouble() - 1.0);
                }
            }
            var coefficients = coefficients(plan, gradients, losses);
            for (var t = 0; t < losses.length; t++) {
                for (var d = 0; d < x.length; d++) {
                    x[d] -= RATE * coefficients[t] * gradients[t][d];
                }
            }
            method.observe(plan, losses);
        }
        return x;
    }

    private static double[] coefficients(StepPlan plan, double[][] gradients, double[] losses) {
        var gram = Arrays.stream(gradients)
                .map(a -> Arrays.stream(gradients)
                        .mapToDouble(b -> IntStream.range(0, a.length)
                                .mapToDouble(d -> a[d] * b[d])
                                .sum())
                        .toArray())
                .toArray(double[][]::new);
        return plan.combiner()
                .map(combiner -> combiner.coefficients(gram, losses))
                .orElseGet(() ->
                        plan.terms().stream().mapToDouble(StepPlan.Term::weight).toArray());
    }

    private static double loss(double[] x, double[] minimum) {
        var distance = distance(x, minimum);
        return 0.5 * distance * distance;
    }

    private static double distance(double[] a, double[] b) {
        var sum = 0.0;
        for (var d = 0; d < a.length; d++) {
            sum += (a[d] - b[d]) * (a[d] - b[d]);
        }
        return Math.sqrt(sum);
    }
}
