package dev.tandem.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ObjectiveWeightsTest {
    @Test
    void whatIsNearlyOneIsNormalised() {
        var third = ObjectiveWeights.of(0.333333, 0.333333, 0.333333);
        assertThat(third.values()).containsExactly(new double[] {1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0}, within(1e-15));
        assertThat(ObjectiveWeights.of(third.values())).isEqualTo(third).hasSameHashCodeAs(third);
        assertThat(third.positive()).isEqualTo(3);
        assertThat(ObjectiveWeights.of(1.0, 0.0).positive()).isOne();
    }

    @Test
    void lambdaAndTheRestKeepTheirLastBit() {
        var random = new SplittableRandom(5);
        for (var i = 0; i < 1_000; i++) {
            var lambda = random.nextDouble();
            assertThat(ObjectiveWeights.of(1.0 - lambda, lambda).values()).containsExactly(1.0 - lambda, lambda);
        }
    }

    @Test
    void othersAreRefused() {
        for (var values : new double[][] {{0.5, 0.49998}, {0.5, 0.50002}, {1.5, -0.5}, {Double.NaN, 1}, {}}) {
            assertThatThrownBy(() -> ObjectiveWeights.of(values))
                    .as(Arrays.toString(values))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("must");
        }
    }
}
