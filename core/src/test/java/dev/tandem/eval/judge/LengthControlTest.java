package dev.tandem.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LengthControlTest {
    private static final double[] LONGER = {
        158, 166, -18, 216, 86, 153, 153, -69, -121, -164, -118, 110, 150, -172, 94, 36, -81, 242, -191, 133, 70, -56,
        97, 93
    };
    private static final double[] DIFFICULTY = {
        0.157, -0.187, -2.517, -0.539, -0.049, 0.113, -1.53, -0.478, -0.979, -0.809, 1.061, -0.808, -0.033, 0.884,
        -0.584, -0.112, 0.11, 0.064, -1.225, 0.076, 1.359, -1.547, 0.859, 0.119
    };
    private static final double[] PREFERENCE = {
        1.0, 0.961, 0.945, 1.0, 0.701, 0.819, 1.0, 0.758, 0.631, 1.0, 0.651, 0.675, 1.0, 0.203, 0.788, 0.0, 0.359,
        0.755, 1.0, 0.883, 0.169, 1.0, 0.697, 0.214
    };

    private static List<LengthControl.Point> points(boolean difficulties) {
        return IntStream.range(0, LONGER.length)
                .mapToObj(i -> new LengthControl.Point(
                        PREFERENCE[i], LONGER[i], difficulties ? Optional.of(DIFFICULTY[i]) : Optional.empty()))
                .toList();
    }

    private static List<LengthControl.Point> swapped(List<LengthControl.Point> points) {
        return points.stream()
                .map(p -> new LengthControl.Point(1 - p.preference(), -p.longer(), p.difficulty()))
                .toList();
    }

    /** The expected numbers come from another program: numpy, by gradient descent, to a slope of 1e-13. */
    @Test
    void theFitIsTheOneComputedElsewhere() {
        var plain = LengthControl.of(points(false)).orElseThrow();
        assertThat(plain.lengthDeviation()).isEqualTo(130.9960102833095, within(1e-10));
        assertThat(plain.model()).isEqualTo(0.8722822513676667, within(1e-11));
        assertThat(plain.length()).isEqualTo(0.32195441545900017, within(1e-11));
        assertThat(plain.rate().value()).isEqualTo(0.7052203650259506, within(1e-11));
        assertThat(plain.difficulty()).isEmpty();
        var difficult = LengthControl.of(points(true)).orElseThrow();
        assertThat(difficult.model()).isEqualTo(0.6892114397244119, within(1e-11));
        assertThat(difficult.length()).isEqualTo(0.5050258158979867, within(1e-11));
        assertThat(difficult.difficulty().orElseThrow()).isEqualTo(-1.1629015312160078, within(1e-11));
        assertThat(difficult.rate().value()).isEqualTo(0.6953857551640757, within(1e-11));
    }

    @Test
    void theOtherWayRoundTheRateIsWhatIsLeft() {
        for (var difficulties : List.of(false, true)) {
            var rate = LengthControl.of(points(difficulties)).orElseThrow();
            var other = LengthControl.of(swapped(points(difficulties))).orElseThrow();
            assertThat(rate.rate().value() + other.rate().value()).isEqualTo(1, within(1e-12));
            assertThat(rate.rate().low() + other.rate().high()).isEqualTo(1, within(1e-9));
            assertThat(rate.length()).isEqualTo(other.length(), within(1e-11));
        }
    }

    @Test
    void aJudgeThatDoesNotLookAtLengthsKeepsItsRate() {
        var random = new SplittableRandom(5);
        var points = new ArrayList<LengthControl.Point>();
        for (var i = 0; i < 40; i++) {
            var preference = random.nextInt(3) / 2.0;
            var longer = random.nextInt(1, 300);
            // each preference once with a longer and once with a shorter answer
            points.add(new LengthControl.Point(preference, longer, Optional.empty()));
            points.add(new LengthControl.Point(preference, -longer, Optional.empty()));
        }
        var raw = points.stream()
                .mapToDouble(LengthControl.Point::preference)
                .average()
                .orElseThrow();
        var controlled = LengthControl.of(points).orElseThrow();
        assertThat(controlled.rate().value()).isEqualTo(raw, within(1e-12));
        assertThat(controlled.length()).isEqualTo(0, within(1e-12));
        assertThat(controlled.rate().low()).isLessThan(raw);
        assertThat(controlled.rate().high()).isGreaterThan(raw);
    }

    @Test
    void whereOneAlwaysWinsItAlwaysWinsAtEqualLengthsToo() {
        var points = IntStream.rangeClosed(1, 9)
                .mapToObj(i -> new LengthControl.Point(1, 10 * i - 40, Optional.empty()))
                .toList();
        assertThat(LengthControl.of(points).orElseThrow().rate().value()).isEqualTo(1, within(1e-9));
        assertThat(LengthControl.of(swapped(points)).orElseThrow().rate().value())
                .isEqualTo(0, within(1e-9));
    }

    @Test
    void whereLengthsDoNotDifferThereIsNothingToControl() {
        var even = new LengthControl.Point(1, 7, Optional.empty());
        assertThat(LengthControl.of(List.of(even, even, even))).isEmpty();
        assertThat(LengthControl.of(List.of(even))).isEmpty();
    }
}
