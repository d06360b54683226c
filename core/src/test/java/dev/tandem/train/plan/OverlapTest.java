package dev.tandem.train.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.train.plan.Overlap.Work;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against timelines drawn by hand. */
class OverlapTest {
    @Test
    void aGatherIsHiddenByTheUnitBefore() {
        // the first whole, then what is longer than the unit before takes: 3 + (2 − 1) + 0
        assertThat(exposed(new Work(3, 1, 0), new Work(2, 5, 0), new Work(4, 1, 0)))
                .isEqualTo(4);
    }

    @Test
    void aReduceIsHiddenByTheUnitsAfter() {
        // reduced from 1 to 5 and from 5 to 6; computed from 0 to 3
        assertThat(exposed(new Work(0, 1, 4), new Work(0, 2, 1))).isEqualTo(3);
        assertThat(exposed(new Work(0, 1, 1), new Work(0, 2, 0))).isZero();
        assertThat(exposed()).isZero();
    }

    @Test
    void gathersAndReducesTakeTurns() {
        // gathers 0–1 and 1–2, computed 1–3 and 3–5, reduced 3–6 and 6–9
        assertThat(exposed(new Work(1, 2, 3), new Work(1, 2, 3))).isEqualTo(5);
        // the third gather waits for the first reduce: gathers 0–1, 1–2, 13–14, reduced 3–13
        assertThat(exposed(new Work(1, 2, 10), new Work(1, 2, 0), new Work(1, 1, 0)))
                .isEqualTo(15 - 5);
    }

    private static double exposed(Work... units) {
        return Overlap.exposed(List.of(units));
    }
}
