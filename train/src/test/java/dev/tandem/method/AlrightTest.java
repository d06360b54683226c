package dev.tandem.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.method.draw.Alright;
import dev.tandem.method.draw.Alright.Draws;
import dev.tandem.recipe.MethodsTest;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AlrightTest {

    @Test
    void independentDrawsComeWithTheirProbabilities() {
        var draws = 20_000;
        for (var weights : new double[][] {{0.6, 0.4}, {0.99, 0.01}, {0.5, 0.2, 0.3}, {0.0, 0.25, 0.75}}) {
            var counts = new int[weights.length];
            for (var choice : choices(new Alright(ObjectiveWeights.of(weights), Draws.BERNOULLI, 11), draws)) {
                counts[choice]++;
            }
            for (var i = 0; i < weights.length; i++) {
                // Five standard deviations of a binomial count.
                var bound = 5.0 * Math.sqrt(draws * weights[i] * (1.0 - weights[i]));
                assertThat((double) counts[i]).isCloseTo(draws * weights[i], within(bound));
            }
        }
    }

    @Test
    void independentDrawsDoNotFollowFromTheOneBefore() {
        var choices = choices(new Alright(ObjectiveWeights.of(0.5, 0.5), Draws.BERNOULLI, 3), 20_000);
        var repeats = IntStream.range(1, choices.length)
                .filter(i -> choices[i] == choices[i - 1])
                .count();
        assertThat((double) repeats).isCloseTo(10_000, within(5.0 * Math.sqrt(5_000)));
    }

    @Test
    void anIndependentDrawIsAFunctionOfSeedAndStepAlone() {
        var weights = new double[] {0.3, 0.7};
        var inOrder = choices(new Alright(ObjectiveWeights.of(weights), Draws.BERNOULLI, 5), 500);
        var fresh = new Alright(ObjectiveWeights.of(weights), Draws.BERNOULLI, 5);
        for (var step = 499; step >= 0; step--) {
            assertThat(fresh.plan(step, MethodsTest::noProbe)).isEqualTo(StepPlan.on(inOrder[step]));
        }
    }

    @Test
    void everyPrefixOfABalancedSequenceIsWithinOneOfItsShare() {
        var random = new SplittableRandom(12);
        for (var round = 0; round < 300; round++) {
            var weights = randomWeights(random, random.nextInt(2, 7));
            var choices = choices(new Alright(ObjectiveWeights.of(weights), Draws.BALANCED, random.nextLong()), 1_000);
            var counts = new int[weights.length];
            for (var n = 1; n <= choices.length; n++) {
                counts[choices[n - 1]]++;
                for (var i = 0; i < weights.length; i++) {
                    assertThat(counts[i] - weights[i] * n).isBetween(-1.0 - 1e-9, 1.0 + 1e-9);
                }
            }
        }
    }

    @Test
    void overAllSeedsABalancedDrawHasItsProbability() {
        var seeds = 4_000;
        for (var step : new int[] {0, 1, 7}) {
            var preferences = 0;
            for (var seed = 0; seed < seeds; seed++) {
                preferences +=
                        choices(new Alright(ObjectiveWeights.of(0.7, 0.3), Draws.BALANCED, seed), step + 1)[step];
            }
            assertThat((double) preferences).isCloseTo(seeds * 0.3, within(5.0 * Math.sqrt(seeds * 0.21)));
        }
    }

    @Test
    void aRoundLambdaStaysBalancedForLong() {
        var counts = new int[2];
        for (var choice : choices(new Alright(ObjectiveWeights.of(0.5, 0.5), Draws.BALANCED, 1), 100_000)) {
            counts[choice]++;
            assertThat(Math.abs(counts[0] - counts[1])).isLessThanOrEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Draws.class)
    void theSeedDecides(Draws draws) {
        for (var weights : new double[][] {{0.617, 0.383}, {0.41, 0.35, 0.24}}) {
            var first = choices(new Alright(ObjectiveWeights.of(weights), draws, 1), 200);
            assertThat(choices(new Alright(ObjectiveWeights.of(weights), draws, 1), 200))
                    .isEqualTo(first);
            var different = IntStream.range(2, 12)
                    .filter(seed ->
                            !Arrays.equals(choices(new Alright(ObjectiveWeights.of(weights), draws, seed), 200), first))
                    .count();
            assertThat(different).isGreaterThanOrEqualTo(8);
        }
    }

    @ParameterizedTest
    @EnumSource(Draws.class)
    void anObjectiveOfWeightZeroIsNeverDrawn(Draws draws) {
        assertThat(choices(new Alright(ObjectiveWeights.of(0.0, 1.0), draws, 9), 500))
                .containsOnly(1);
        assertThat(choices(new Alright(ObjectiveWeights.of(1.0, 0.0), draws, 9), 500))
                .containsOnly(0);
        assertThat(choices(new Alright(ObjectiveWeights.of(0.5, 0.0, 0.5), draws, 9), 500))
                .containsOnly(0, 2);
        assertThat(choices(new Alright(ObjectiveWeights.of(1.0), draws, 9), 10)).containsOnly(0);
    }

    private static int[] choices(Alright method, int steps) {
        return IntStream.range(0, steps)
                .map(step ->
                        method.plan(step, MethodsTest::noProbe).terms().get(0).objective())
                .toArray();
    }

    static double[] randomWeights(SplittableRandom random, int objectives) {
        var weights = new double[objectives];
        for (var i = 0; i < objectives; i++) {
            // Squares make some weights small; a zero now and then.
            weights[i] = random.nextInt(8) == 0 && i > 0 ? 0.0 : Math.pow(random.nextDouble(), 2) + 1e-3;
        }
        var sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }
}
