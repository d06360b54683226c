package dev.tandem.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.golden.Golden;
import dev.tandem.method.gradient.PcGrad;
import dev.tandem.recipe.MethodsTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class PcGradTest {
    private static final double RELATIVE = 1e-6;

    static Stream<String> cases() {
        return Golden.values("tradeoff").path("cases").propertyNames().stream();
    }

    /** Values computed independently, orders given: every projected gradient, and their sum. */
    @ParameterizedTest
    @MethodSource("cases")
    void projectsAsTheGoldenValuesDo(String name) {
        var golden = Golden.values("tradeoff").path("cases").path(name);
        var gradients = rows(golden.path("gradients"));
        var pcgrad = golden.path("pcgrad");
        var orders = new ArrayList<List<Integer>>();
        pcgrad.path("order")
                .forEach(order -> orders.add(
                        Arrays.stream(row(order)).mapToObj(i -> (int) i).toList()));
        var ones = Collections.nCopies(gradients.length, 1.0);
        assertClose(combined(gradients, ones, orders), row(pcgrad.path("combined_sum")), gradients);
        for (var i = 0; i < gradients.length; i++) {
            var alone = new ArrayList<>(Collections.nCopies(gradients.length, 0.0));
            alone.set(i, 1.0);
            assertClose(
                    combined(gradients, alone, orders),
                    row(pcgrad.path("projected").get(i)),
                    gradients);
        }
    }

    /** Cancellation leaves the last bits of the operands. */
    private static void assertClose(double[] actual, double[] expected, double[][] gradients) {
        var scale = Arrays.stream(gradients)
                .mapToDouble(g -> Math.sqrt(dot(g, g)))
                .max()
                .orElseThrow();
        for (var d = 0; d < expected.length; d++) {
            assertThat(actual[d]).isCloseTo(expected[d], within(RELATIVE * Math.abs(expected[d]) + 1e-14 * scale));
        }
    }

    @Test
    void ofTwoTheResultConflictsWithNeitherAndIsTheSumWhereTheyAgree() {
        var random = new SplittableRandom(8);
        for (var round = 0; round < 500; round++) {
            var gradients = random(random, 2);
            var result = combined(gradients, List.of(0.3, 0.7), List.of(List.of(0, 1), List.of(1, 0)));
            if (dot(gradients[0], gradients[1]) >= 0) {
                assertThat(result[0]).isEqualTo(0.3 * gradients[0][0] + 0.7 * gradients[1][0]);
            } else {
                assertThat(dot(result, gradients[0])).isGreaterThanOrEqualTo(-1e-12);
                assertThat(dot(result, gradients[1])).isGreaterThanOrEqualTo(-1e-12);
            }
        }
    }

    /** The result by coefficients equals the result by the gradients themselves. */
    @Test
    void theGramMatrixIsEnough() {
        var random = new SplittableRandom(9);
        for (var round = 0; round < 300; round++) {
            var gradients = random(random, 2 + random.nextInt(4));
            var weights = IntStream.range(0, gradients.length)
                    .mapToObj(i -> random.nextDouble())
                    .toList();
            var plan =
                    new PcGrad(weights.stream().mapToDouble(w -> w).toArray(), round).plan(round, MethodsTest::noProbe);
            var orders = ((PcGrad.Projection) plan.combiner().orElseThrow()).orders();
            var expected = new double[gradients[0].length];
            for (var i = 0; i < gradients.length; i++) {
                var g = gradients[i].clone();
                for (var j : orders.get(i)) {
                    var product = dot(g, gradients[j]);
                    if (j != i && product < 0) {
                        add(g, -product / dot(gradients[j], gradients[j]), gradients[j]);
                    }
                }
                add(expected, weights.get(i), g);
            }
            assertThat(combined(gradients, weights, orders)).containsExactly(expected, within(1e-9));
        }
    }

    @Test
    void ordersComeFromSeedAndStepAndAllComeUp() {
        var method = new PcGrad(new double[] {1, 1, 1}, 3);
        var counts = new HashMap<List<Integer>, Integer>();
        for (var step = 0; step < 3_000; step++) {
            var plan = method.plan(step, MethodsTest::noProbe);
            assertThat(plan).isEqualTo(new PcGrad(new double[] {1, 1, 1}, 3).plan(step, MethodsTest::noProbe));
            ((PcGrad.Projection) plan.combiner().orElseThrow())
                    .orders()
                    .forEach(order -> counts.merge(order, 1, Integer::sum));
        }
        assertThat(counts).hasSize(6);
        // five standard deviations of a binomial count
        assertThat(counts.values())
                .allSatisfy(count -> assertThat((double) count).isCloseTo(1_500, within(5 * Math.sqrt(1_250))));
        assertThat(new PcGrad(new double[] {1, 1, 1}, 4).plan(0, MethodsTest::noProbe))
                .isNotEqualTo(method.plan(0, MethodsTest::noProbe));
    }

    @Test
    void anObjectiveOfWeightZeroIsLeftOut() {
        var names = List.of("sft", "preference");
        var recipe = new PcGrad.Settings(Optional.of(ObjectiveWeights.ofPreference(names, 1.0)));
        var plan = recipe.create(new MethodContext(names, new double[2], 10, 1)).plan(0, MethodsTest::noProbe);
        assertThat(plan.terms()).containsExactly(new StepPlan.Term(1, 1.0));
        assertThat(plan.combiner().orElseThrow().coefficients(new double[][] {{4}}, new double[] {1}))
                .containsExactly(1.0);
        assertThat(recipe.work(names, 10).gradientBuffers()).isOne();
    }

    @Test
    void withoutWeightsEachGradientCountsOne() {
        var recipe = MethodsTest.parse("{name: pcgrad}", List.of("a", "b", "c"));
        assertThat(recipe).isEqualTo(new PcGrad.Settings(Optional.empty()));
        var work = recipe.work(List.of("a", "b", "c"), 10);
        assertThat(work.joint()).isTrue();
        assertThat(work.gradientBuffers()).isEqualTo(3);
        var plan = recipe.create(new MethodContext(List.of("a", "b", "c"), new double[3], 10, 1))
                .plan(0, MethodsTest::noProbe);
        assertThat(plan.terms()).extracting(StepPlan.Term::weight).containsOnly(1.0);
    }

    @Test
    void whatIsNotFiniteStaysSo() {
        var gram = new double[][] {{Double.NaN, Double.NaN}, {Double.NaN, 1}};
        var plan = new PcGrad(new double[] {1, 1}, 1).plan(0, MethodsTest::noProbe);
        // the gradient of the first is not finite, and so is the sum
        assertThat(plan.combiner().orElseThrow().coefficients(gram, new double[2]))
                .containsExactly(1.0, 1.0);
    }

    private static double[] combined(double[][] gradients, List<Double> weights, List<List<Integer>> orders) {
        var gram = Arrays.stream(gradients)
                .map(a -> Arrays.stream(gradients).mapToDouble(b -> dot(a, b)).toArray())
                .toArray(double[][]::new);
        var coefficients = new PcGrad.Projection(weights, orders).coefficients(gram, new double[gradients.length]);
        var result = new double[gradients[0].length];
        for (var i = 0; i < gradients.length; i++) {
            add(result, coefficients[i], gradients[i]);
        }
        return result;
    }

    private static double[][] random(SplittableRandom random, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> random.doubles(6, -1, 1).toArray())
                .toArray(double[][]::new);
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(d -> a[d] * b[d]).sum();
    }

    private static void add(double[] to, double factor, double[] vector) {
        for (var d = 0; d < to.length; d++) {
            to[d] += factor * vector[d];
        }
    }

    private static double[][] rows(JsonNode matrix) {
        var rows = new ArrayList<double[]>();
        matrix.forEach(row -> rows.add(row(row)));
        return rows.toArray(double[][]::new);
    }

    private static double[] row(JsonNode vector) {
        var values = new ArrayList<Double>();
        vector.forEach(value -> values.add(value.doubleValue()));
        return values.stream().mapToDouble(v -> v).toArray();
    }
}
