package dev.tandem.experiment.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.math.StudentT;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SlopeTest {
    private static final List<Integer> GRID = List.of(64, 128, 256, 512, 1024, 2048);

    @Test
    void findsTheExponentOfAPowerLaw() {
        var slope = Slope.of(GRID, gaps(-0.5, 0.0, 1, 5));
        assertThat(slope.mean()).isCloseTo(-0.5, within(1e-12));
        assertThat(slope.high() - slope.low()).isLessThan(1e-12);
    }

    /** A 95 % interval holds the truth in 95 of 100 cases: 380 of 400, give or take three deviations of 4.4. */
    @Test
    void theIntervalHoldsTheTruthAsOftenAsItSays() {
        var held = 0;
        for (var seed = 0; seed < 400; seed++) {
            var slope = Slope.of(GRID, gaps(-0.5, 0.7, seed, 5));
            held += slope.low() <= -0.5 && -0.5 <= slope.high() ? 1 : 0;
        }
        assertThat(held).isBetween(367, 393);
    }

    /** Published quantiles. */
    @Test
    void quantilesOfStudent() {
        assertThat(StudentT.quantile(1)).isCloseTo(12.706, within(5e-4));
        assertThat(StudentT.quantile(2)).isCloseTo(4.303, within(5e-4));
        assertThat(StudentT.quantile(7)).isCloseTo(2.365, within(5e-4));
        assertThat(StudentT.quantile(9)).isCloseTo(2.262, within(5e-4));
        assertThat(StudentT.quantile(100)).isCloseTo(1.984, within(5e-4));
    }

    @Test
    void verdicts() {
        assertThat(SlopeVerdict.of(new Slope(-0.52, -0.55, -0.49), -0.36, 1e-4))
                .isEqualTo("shrinks like T^-0.52 ± 0.03: at least as fast as 1/√T up to a log factor");
        assertThat(SlopeVerdict.of(new Slope(-0.4, -0.5, -0.3), -0.36, 1e-4)).endsWith("within the error");
        assertThat(SlopeVerdict.of(new Slope(-0.2, -0.25, -0.15), -0.36, 1e-4)).contains("slower than 1/√T");
        assertThat(SlopeVerdict.of(new Slope(0.1, 0.0, 0.2), -0.36, 0.1234))
                .isEqualTo("does not shrink: stays above 0.12");
    }

    private static double[][] gaps(double exponent, double noise, long seed, int seeds) {
        var random = new SplittableRandom(seed);
        var gaps = new double[GRID.size()][seeds];
        for (var row = 0; row < gaps.length; row++) {
            for (var column = 0; column < seeds; column++) {
                gaps[row][column] = 0.3 * Math.pow(GRID.get(row), exponent) * Math.exp(noise * random.nextGaussian());
            }
        }
        return gaps;
    }
}
