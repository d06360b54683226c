package dev.tandem.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.method.draw.Maxright;
import dev.tandem.method.draw.RunningGaps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RunningGapsTest {
    private record Seen(int step, double loss) {}

    @Test
    void isTheMeanOfAllLossesWeightedByAge() {
        var random = new SplittableRandom(5);
        for (var round = 0; round < 200; round++) {
            var smoothing = random.nextDouble();
            var optimum = random.nextDouble();
            var gaps = new RunningGaps(new double[] {0.0, optimum}, smoothing);
            var seen = new ArrayList<Seen>();
            var step = 0;
            for (var n = 0; n < 1 + random.nextInt(30); n++) {
                step += random.nextInt(5);
                var loss = random.nextDouble(10);
                seen.add(new Seen(step, loss));
                gaps.add(1, step, loss);
            }
            var last = step;
            var sum = seen.stream()
                    .mapToDouble(s -> Math.pow(smoothing, last - s.step()))
                    .sum();
            var weighted = seen.stream()
                    .mapToDouble(s -> Math.pow(smoothing, last - s.step()) * s.loss())
                    .sum();
            assertThat(gaps.get(1)).isCloseTo(weighted / sum - optimum, within(1e-9));
            assertThat(gaps.age(1, last + 7)).isEqualTo(7);
            assertThat(gaps.known(0)).isFalse();
            assertThat(gaps.get(0)).isNaN();
        }
    }

    @Test
    void withoutSmoothingIsTheLastGapToTheLastBit() {
        var random = new SplittableRandom(6);
        var gaps = new RunningGaps(new double[] {0.1}, 0.0);
        for (var step = 0; step < 50; step++) {
            var loss = random.nextDouble(10);
            gaps.add(0, step, loss);
            assertThat(gaps.get(0)).isEqualTo(loss - 0.1);
        }
    }

    @Test
    void aLossThatIsNotANumberIsSeenAndThenForgotten() {
        var gaps = new RunningGaps(new double[1], 0.9);
        gaps.add(0, 0, 1.0);
        gaps.add(0, 1, Double.NaN);
        assertThat(gaps.get(0)).isNaN();
        gaps.add(0, 2, 3.0);
        assertThat(gaps.get(0)).isEqualTo(3.0);
    }

    @Test
    void restoredGoesOnToTheLastBit() {
        var one = new RunningGaps(new double[2], 0.7);
        one.add(0, 3, 1.25);
        one.add(0, 5, 0.3);
        var saved = new HashMap<String, Double>();
        one.save(saved);
        var other = new RunningGaps(new double[2], 0.7);
        other.add(1, 2, 9.0);
        other.restore(saved);
        assertThat(other.known(1)).isFalse();
        one.add(0, 9, 0.9);
        other.add(0, 9, 0.9);
        assertThat(other.get(0)).isEqualTo(one.get(0));
    }

    @Test
    void refusesASmoothingThatForgetsNothing() {
        var weights = ObjectiveWeights.ofPreference(List.of("sft", "preference"), 0.5);
        for (var bad : new double[] {1.0, -0.1, Double.NaN}) {
            assertThatThrownBy(() -> new Maxright.Settings(weights, 1, Maxright.ProbeBatch.NEXT, bad))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("smoothing");
        }
    }
}
