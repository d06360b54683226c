package dev.tandem.tensor.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.tensor.Devices;
import dev.tandem.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class PeakMemoryTest {
    private static final long BYTES = 256L << 20;

    @Test
    void seesWhatIsFreedAgain() {
        NativeSetup.ensure();
        try (var memory = new PeakMemory()) {
            var before = memory.bytes().orElseThrow();
            touch();
            assertThat(memory.bytes().orElseThrow() - before).isGreaterThan(BYTES / 2);
        }
    }

    @Test
    void samplesWhereThePeakCannotBeSetBack() {
        NativeSetup.ensure();
        try (var memory = new PeakMemory(false)) {
            var before = memory.bytes().orElseThrow();
            try (var scope = new PointerScope()) {
                Tensors.zeros(Devices.of("cpu"), BYTES / 4).add_(new Scalar(1.0));
                assertThat(memory.bytes().orElseThrow() - before).isGreaterThan(BYTES / 2);
            }
            assertThat(memory.bytes().orElseThrow() - before).isGreaterThan(BYTES / 2);
        }
    }

    private static void touch() {
        try (var scope = new PointerScope()) {
            Tensors.zeros(Devices.of("cpu"), BYTES / 4).add_(new Scalar(1.0));
        }
    }
}
