package dev.tandem.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.recipe.OptimizerRecipe;
import dev.tandem.recipe.OptimizerRecipe.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LearningRateTest {

    /** Rates an optimizer uses under the published schedules with W = 2, T = 10, peak 10. */
    @Test
    void ratesOfAShortRun() {
        assertRates(Schedule.CONSTANT, 0.0, 5.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0);
        assertRates(Schedule.LINEAR, 0.0, 5.0, 10.0, 8.75, 7.5, 6.25, 5.0, 3.75, 2.5, 1.25);
        assertRates(
                Schedule.COSINE,
                0.0,
                5.0,
                10.0,
                9.619397662556434,
                8.535533905932738,
                6.913417161825449,
                5.0,
                3.086582838174551,
                1.4644660940672627,
                0.3806023374435663);
    }

    private static void assertRates(Schedule schedule, double... expected) {
        var rate = new LearningRate(schedule, 10.0, 2, 10);
        for (var step = 0; step < expected.length; step++) {
            assertThat(rate.at(step)).as("%s at %d", schedule, step).isCloseTo(expected[step], within(1e-12));
        }
    }

    @ParameterizedTest
    @EnumSource(Schedule.class)
    void withoutWarmUpTheFirstStepHasThePeak(Schedule schedule) {
        assertThat(new LearningRate(schedule, 5e-5, 0, 100).at(0)).isEqualTo(5e-5);
    }

    @ParameterizedTest
    @EnumSource(Schedule.class)
    void ratesRiseThenNeverRiseAgain(Schedule schedule) {
        var rate = new LearningRate(schedule, 3e-4, 17, 90);
        for (var step = 1; step < 120; step++) {
            if (step <= 17) {
                assertThat(rate.at(step)).isGreaterThan(rate.at(step - 1));
            } else {
                assertThat(rate.at(step)).isBetween(0.0, rate.at(step - 1));
            }
        }
        assertThat(rate.at(90)).isEqualTo(schedule == Schedule.CONSTANT ? 3e-4 : 0.0);
    }

    @Test
    void aWarmUpLongerThanTheRunJustRises() {
        var rate = new LearningRate(Schedule.COSINE, 1.0, 10, 5);
        assertThat(rate.at(4)).isEqualTo(0.4);
        assertThat(rate.at(10)).isEqualTo(1.0);
    }

    @Test
    void comesFromARecipe() {
        var recipe = new OptimizerRecipe(1e-3, List.of(0.9, 0.95), 1e-8, 0.0, 1.0, Schedule.LINEAR, 4);
        assertThat(LearningRate.of(recipe, 20)).isEqualTo(new LearningRate(Schedule.LINEAR, 1e-3, 4, 20));
    }

    @Test
    void ratesThatAreNoneAreTheUsersToCorrect() {
        for (var bad : new double[] {-1e-5, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new LearningRate(Schedule.CONSTANT, bad, 0, 10))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("learning-rate");
        }
        assertThatThrownBy(() -> new LearningRate(Schedule.CONSTANT, 1e-5, -1, 10))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("warmup-steps");
    }
}
