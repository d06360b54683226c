package dev.tandem.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.math.OptimalityGaps;
import dev.tandem.math.ParetoFront;
import dev.tandem.recipe.TrainRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {
    private static final List<String> NAMES = List.of("sft", "preference");
    private static final List<OptionalDouble> ZERO = List.of(OptionalDouble.of(0.0), OptionalDouble.of(0.0));

    @Test
    void gapsAndTheirDistanceFromTheIdeal() {
        var gaps = OptimalityGaps.of(List.of(4.5, 0.5), List.of(1.5, -3.5));
        assertThat(gaps.values()).containsExactly(3.0, 4.0);
        assertThat(gaps.idealDistance()).isCloseTo(5.0, within(1e-15));
        assertThat(new OptimalityGaps(List.of(-0.3, 0.0)).idealDistance()).isCloseTo(0.3, within(1e-15));
        assertThatThrownBy(() -> OptimalityGaps.of(List.of(1.0), List.of(1.0, 2.0)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void dominanceNeedsOneLossBelow() {
        assertThat(ParetoFront.dominates(List.of(1.0, 2.0), List.of(1.0, 3.0))).isTrue();
        assertThat(ParetoFront.dominates(List.of(1.0, 2.0), List.of(1.0, 2.0))).isFalse();
        assertThat(ParetoFront.dominates(List.of(0.0, 2.5), List.of(1.0, 2.0))).isFalse();
        assertThat(ParetoFront.dominates(List.of(0.0, Double.NaN), List.of(1.0, 2.0)))
                .isFalse();
    }

    @Test
    void aFrontKeepsExactlyThePointsNothingDominates() {
        var random = new SplittableRandom(8);
        for (var round = 0; round < 50; round++) {
            var points = new ArrayList<List<Double>>();
            for (var i = 0; i < 30; i++) {
                points.add(List.of((double) random.nextInt(8), (double) random.nextInt(8), (double) random.nextInt(3)));
            }
            var front = new ParetoFront(points).points();
            assertThat(front).doesNotHaveDuplicates();
            for (var point : points) {
                var beaten = points.stream().anyMatch(other -> ParetoFront.dominates(other, point));
                assertThat(front.contains(point)).isEqualTo(!beaten);
            }
        }
    }

    @Test
    void aGapAtOrBelowEpsilonEndsTheRun() {
        var stop = new EarlyStopping(
                NAMES,
                List.of(OptionalDouble.of(1.0), OptionalDouble.of(0.0)),
                OptionalDouble.of(0.25),
                new ParetoFront(List.of()));
        assertThat(stop.reason(List.of(2.0, 0.5))).isEmpty();
        assertThat(stop.reason(List.of(1.25, 0.5)))
                .hasValueSatisfying(reason -> assertThat(reason).contains("gap of sft is 0.25"));
        assertThat(stop.reason(List.of(2.0, 0.1)))
                .hasValueSatisfying(reason -> assertThat(reason).contains("gap of preference"));
        assertThat(stop.reason(List.of(0.5, 0.5))).isPresent();
        assertThat(stop.reason(List.of(Double.NaN, 0.5))).isEmpty();
    }

    @Test
    void dominatingAPointOfTheFrontEndsTheRun() {
        var recipe = new TrainRecipe.EarlyStop(OptionalDouble.empty(), List.of(List.of(1.0, 0.6), List.of(2.0, 0.3)));
        var stop = EarlyStopping.of(Optional.of(recipe), NAMES, ZERO);
        assertThat(stop.reason(List.of(1.5, 0.5))).isEmpty();
        assertThat(stop.reason(List.of(2.0, 0.3))).isEmpty();
        assertThat(stop.reason(List.of(1.9, 0.3)))
                .hasValueSatisfying(reason -> assertThat(reason).contains("[2.0, 0.3]"));
        assertThat(stop.reason(List.of(0.0, 0.0))).isPresent();
    }

    @Test
    void withoutASettingNothingEndsARun() {
        var stop = EarlyStopping.of(Optional.empty(), NAMES, ZERO);
        assertThat(stop.reason(List.of(-5.0, -5.0))).isEmpty();
    }

    @Test
    void settingsThatDoNotFitAreExplained() {
        refused(new TrainRecipe.EarlyStop(OptionalDouble.of(-0.1), List.of()), "early-stop.gap is -0.1");
        refused(new TrainRecipe.EarlyStop(OptionalDouble.of(Double.NaN), List.of()), "early-stop.gap is NaN");
        refused(new TrainRecipe.EarlyStop(OptionalDouble.empty(), List.of(List.of(1.0))), "one loss for each");
        refused(
                new TrainRecipe.EarlyStop(OptionalDouble.empty(), List.of(List.of(1.0, 2.0), List.of(1.0))),
                "one loss per objective");
    }

    private static void refused(TrainRecipe.EarlyStop recipe, String message) {
        assertThatThrownBy(() -> EarlyStopping.of(Optional.of(recipe), NAMES, ZERO))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message);
    }
}
