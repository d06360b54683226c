package dev.tandem.tensor;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import org.bytedeco.pytorch.global.torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Native settings that must be in place before libtorch loads. The launcher sets the same in the environment; a program
 * that embeds Tandem gets them here, because every entry point calls {@link #ensure} first.
 *
 * <p>{@code OPENBLAS_NUM_THREADS=1}: OpenBLAS brings its own threads and collapses when it is called from inside
 * libtorch's OpenMP regions, as attention does (seven times slower and worse). {@code OPENBLAS_CORETYPE} is removed: an
 * inherited value often names another processor's kernels. Both are left alone if {@code TANDEM_KEEP_OPENBLAS} is set.
 *
 * <p>{@code org.bytedeco.javacpp.maxPhysicalBytes=0}, unless the property is set: JavaCPP otherwise throws
 * {@code OutOfMemoryError} once the process holds four times the Java heap, and counts the pages of mapped weights. It is
 * read when the first native class loads, so {@link #ensure} must come before any other use of libtorch.
 */
public final class NativeSetup {
    private static final Logger LOG = LoggerFactory.getLogger(NativeSetup.class);

    private static final String MAX_PHYSICAL_BYTES = "org.bytedeco.javacpp.maxPhysicalBytes";

    private NativeSetup() {}

    /** Applies the settings once; later calls do nothing. */
    public static void ensure() {
        Once.APPLIED.touch();
    }

    /** Number of threads libtorch computes with. */
    public static void threads(int count) {
        ensure();
        torch.set_num_threads(count);
    }

    private enum Once {
        APPLIED;

        Once() {
            if (System.getProperty(MAX_PHYSICAL_BYTES) == null) {
                System.setProperty(MAX_PHYSICAL_BYTES, "0");
            }
            if (System.getenv("TANDEM_KEEP_OPENBLAS") == null) {
                apply();
            }
        }

        void touch() {}

        private static void apply() {
            if (Platform.isWindows()) {
                return; // environment blocks are per C runtime there: only the launcher's settings reach OpenBLAS
            }
            try {
                var libc = Native.load("c", LibC.class);
                libc.setenv("OPENBLAS_NUM_THREADS", "1", 1);
                libc.unsetenv("OPENBLAS_CORETYPE");
            } catch (UnsatisfiedLinkError e) {
                LOG.warn(
                        "Cannot set OPENBLAS_NUM_THREADS=1 from inside the JVM ({}); set it in the environment, or"
                                + " training will be several times slower",
                        e.getMessage());
            }
        }
    }

    /** The two functions of libc that the JVM has no counterpart for. */
    private interface LibC extends Library {
        int setenv(String name, String value, int overwrite);

        int unsetenv(String name);
    }
}
