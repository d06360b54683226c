package dev.tandem.golden;

import dev.tandem.UserException;
import dev.tandem.tensor.Devices;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Device;
import org.junit.jupiter.api.Assumptions;

/** Where golden tests compute: the CPU, or what {@code -Dtandem.device} names. Tests are skipped where that is not there. */
public final class TestDevice {
    private TestDevice() {}

    /** As a recipe names it. */
    public static String name() {
        return System.getProperty("tandem.device", "cpu");
    }

    public static Device get() {
        return ofRank(OptionalInt.empty());
    }

    /** Skips a test that needs that many ranks with a device each. */
    public static void requireFor(int ranks) {
        if (!get().is_cpu()) {
            ofRank(OptionalInt.of(ranks - 1));
        }
    }

    /** Skips a test that is about GPUs on a machine without. */
    public static void requireCuda() {
        Assumptions.assumeTrue(get().is_cuda(), "needs a GPU: the GPU build and -Dtandem.device=cuda (docs/gpu.md)");
    }

    private static Device ofRank(OptionalInt localRank) {
        try {
            return Devices.of(name(), localRank);
        } catch (UserException e) {
            return Assumptions.abort(e.getMessage());
        }
    }
}
