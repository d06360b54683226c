package dev.tandem.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HypervolumeTest {
    @Test
    void ofStairs() {
        assertThat(Hypervolume.of(List.of(List.of(1.0, 1.0)), List.of(3.0, 2.0)))
                .isEqualTo(2);
        assertThat(Hypervolume.of(List.of(List.of(1.0, 2.0), List.of(2.0, 1.0)), List.of(3.0, 3.0)))
                .isEqualTo(3);
        assertThat(Hypervolume.of(List.of(List.of(4.0, 0.0)), List.of(3.0, 3.0)))
                .isZero();
        assertThat(Hypervolume.of(List.of(), List.of(3.0, 3.0))).isZero();
    }

    @Test
    void isTheShareOfCellsThatAPointDominates() {
        var random = new SplittableRandom(1);
        for (var round = 0; round < 200; round++) {
            var points = new ArrayList<List<Double>>();
            var count = random.nextInt(8);
            for (var i = 0; i < count; i++) {
                // on a grid, some of them beyond the reference point
                points.add(List.of((double) random.nextInt(12), (double) random.nextInt(12)));
            }
            var cells = 0;
            for (var x = 0; x < 10; x++) {
                for (var y = 0; y < 10; y++) {
                    var right = x + 0.5;
                    var top = y + 0.5;
                    cells += points.stream().anyMatch(p -> p.get(0) < right && p.get(1) < top) ? 1 : 0;
                }
            }
            assertThat(Hypervolume.of(points, List.of(10.0, 10.0)))
                    .as("round %d", round)
                    .isEqualTo(cells, within(1e-9));
        }
    }
}
