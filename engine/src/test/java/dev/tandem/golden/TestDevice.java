package dev.tandem.golden;

import dev.tandem.UserException;
import dev.tandem.tensor.Devices;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Device;
import org.junit.jupiter.api.Assumptions;

/**
 * The device of golden tests: the CPU, or the one that {@code -Dtandem.device} names. Tests are skipped if it does not
 * exist.
 */
public final class TestDevice {
    private TestDevice() {}

    /** The device as a recipe names it. */
    public static String name() {
        return System.getProperty("tandem.device", "cpu");
    }

    public static Device get() {
        return ofRank(OptionalInt.empty());
    }

    /** Skips a test that needs that many ranks with one device each, if there are fewer. */
    public static void requireFor(int ranks) {
        if (!get().is_cpu()) {
            ofRank(OptionalInt.of(ranks - 1));
        }
    }

    /** Skips a test of GPUs on a machine without any. */
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
