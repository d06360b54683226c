package dev.tandem.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IntervalTest {
    @Test
    void ofWinsAndLossesItIsTheShares() {
        for (var wins = 0; wins <= 7; wins++) {
            var preferences = new double[7];
            Arrays.fill(preferences, 0, wins, 1);
            var interval = Interval.ofMean(preferences);
            var share = Interval.wilson(wins, 7);
            assertThat(interval.low()).isEqualTo(share.low(), within(1e-12));
            assertThat(interval.high()).isEqualTo(share.high(), within(1e-12));
        }
    }

    @Test
    void ofFractionsItIsNarrowerButNeverNothing() {
        var even = new double[3];
        Arrays.fill(even, 0.5);
        var few = Interval.ofMean(even);
        assertThat(few.low()).isBetween(0.2, 0.3);
        assertThat(few.high() - 0.5).isEqualTo(0.5 - few.low(), within(1e-12));
        var random = new SplittableRandom(4);
        var many = random.doubles(500, 0.45, 0.65).toArray();
        var interval = Interval.ofMean(many);
        // the normal interval's half width is 1.96·0.0577/√500 = 0.0051
        assertThat(interval.high() - interval.low()).isBetween(0.010, 0.0125);
    }

    /** Out of many samples, 95 % of the intervals contain the true mean. */
    @Test
    void itHoldsTheMeanAsOftenAsItSays() {
        var random = new SplittableRandom(9);
        var held = 0;
        for (var sample = 0; sample < 4000; sample++) {
            // wins, ties and losses of 0.3, 0.5 and 0.2: mean 0.55
            var preferences =
                    random.doubles(60).map(u -> u < 0.3 ? 1 : u < 0.8 ? 0.5 : 0).toArray();
            var interval = Interval.ofMean(preferences);
            held += interval.low() <= 0.55 && 0.55 <= interval.high() ? 1 : 0;
        }
        assertThat(held / 4000.0).isBetween(0.94, 0.97);
    }
}
