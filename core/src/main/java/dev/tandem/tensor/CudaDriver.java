package dev.tandem.tensor;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.ptr.IntByReference;

/** Asks NVIDIA's driver what libtorch's bindings do not expose. */
public final class CudaDriver {
    /** {@code CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR} of cuda.h. */
    private static final int CAPABILITY_MAJOR = 75;

    private CudaDriver() {}

    /**
     * The generation of a GPU: 7 Volta and Turing, 8 Ampere and Ada, 9 Hopper, 10 and 12 Blackwell.
     *
     * @param index number of the device, as libtorch counts
     * @return 0 if there is no driver, or no such device
     */
    public static int capability(int index) {
        try {
            var driver = Native.load("cuda", Driver.class);
            var device = new IntByReference();
            var value = new IntByReference();
            return driver.cuInit(0) == 0
                            && driver.cuDeviceGet(device, index) == 0
                            && driver.cuDeviceGetAttribute(value, CAPABILITY_MAJOR, device.getValue()) == 0
                    ? value.getValue()
                    : 0;
        } catch (UnsatisfiedLinkError e) {
            return 0;
        }
    }

    /** The functions of libcuda. All return 0 if they succeed. */
    private interface Driver extends Library {
        int cuInit(int flags);

        int cuDeviceGet(IntByReference device, int ordinal);

        int cuDeviceGetAttribute(IntByReference value, int attribute, int device);
    }
}
