package dev.tandem.tensor.machine;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;

/** Native memory that was freed and that the allocator retains for later. */
public final class NativeHeap {
    private NativeHeap() {}

    /**
     * Returns it to the system, where the C library can (glibc's {@code malloc_trim}); otherwise does nothing. The
     * resident memory afterwards is what is in use, so that the next run's peak is its own.
     */
    public static void trim() {
        if (!Platform.isLinux()) {
            return;
        }
        try {
            Native.load("c", Trim.class).malloc_trim(0);
        } catch (UnsatisfiedLinkError e) {
            // another C library than glibc
        }
    }

    /** One function of glibc. */
    private interface Trim extends Library {
        int malloc_trim(long pad);
    }
}
