package dev.tandem.tensor.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.tensor.machine.CpuLoad.Sample;
import org.junit.jupiter.api.Test;

class CpuLoadTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void whatThisProcessComputesIsNotOtherWork() {
        // two cores for a second: 150 ticks busy, 50 idle
        var before = stat(1000, 0, 100, 5000, 10);
        var after = stat(1130, 0, 120, 5045, 15);
        assertThat(CpuLoad.between(new Sample(before, 0, 0), new Sample(after, 0, SECOND))
                        .orElseThrow())
                .isCloseTo(1.5, within(1e-9));
        assertThat(CpuLoad.between(new Sample(before, SECOND, 0), new Sample(after, 2 * SECOND, SECOND))
                        .orElseThrow())
                .isCloseTo(0.5, within(1e-9));
        assertThat(CpuLoad.between(new Sample(before, 0, 0), new Sample(after, 2 * SECOND, SECOND)))
                .hasValue(0);
    }

    @Test
    void whatTheSystemDoesNotTellIsAbsent() {
        var stat = stat(1, 2, 3, 4, 5);
        assertThat(CpuLoad.between(new Sample("", 0, 0), new Sample("", 0, SECOND)))
                .isEmpty();
        assertThat(CpuLoad.between(new Sample(stat, 0, 0), new Sample(stat, 0, SECOND)))
                .isEmpty();
        assertThat(CpuLoad.between(new Sample("cpu x y", 0, 0), new Sample(stat, 0, SECOND)))
                .isEmpty();
        assertThat(CpuLoad.loadAverage("")).isEmpty();
        assertThat(CpuLoad.loadAverage("nan 1 2")).isEmpty();
        assertThat(CpuLoad.loadAverage("0.52 0.58 0.59 1/467 12345\n")).hasValue(0.52);
    }

    @Test
    void thisMachineCanBeAsked() {
        CpuLoad.cores().ifPresent(cores -> assertThat(cores).isNotNegative().isFinite());
    }

    private static String stat(long user, long nice, long system, long idle, long wait) {
        return "cpu  " + user + " " + nice + " " + system + " " + idle + " " + wait
                + " 0 0 0 0 0\ncpu0 1 1 1 1 1 0 0 0 0 0\ncpu1 1 1 1 1 1 0 0 0 0 0\nintr 1 2 3\n";
    }
}
