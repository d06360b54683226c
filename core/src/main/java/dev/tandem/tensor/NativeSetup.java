package dev.tandem.tensor;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.bytedeco.javacpp.Loader;
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
 *
 * <p>All of libtorch's libraries are unpacked before one is loaded. JavaCPP unpacks and loads them one by one: a library
 * that depends on one not yet unpacked then gets the system's, if PyTorch is installed there, and two versions of libtorch
 * in one process crash it.
 */
public final class NativeSetup {
    private static final Logger LOG = LoggerFactory.getLogger(NativeSetup.class);

    private static final String MAX_PHYSICAL_BYTES = "org.bytedeco.javacpp.maxPhysicalBytes";

    /** What the CPU and the CUDA builds' folders end in. */
    private static final List<String> BUILDS = List.of("", "-gpu");

    private NativeSetup() {}

    /** Applies the settings once; later calls do nothing. */
    public static void ensure() {
        Once.APPLIED.touch();
    }

    /**
     * Sets the number of threads libtorch computes with.
     *
     * @param count at least 1
     */
    public static void threads(int count) {
        ensure();
        torch.set_num_threads(count);
    }

    /** Number of threads libtorch computes with. */
    public static int threads() {
        ensure();
        return torch.get_num_threads();
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
            unpack();
        }

        void touch() {}

        private static void unpack() {
            try {
                for (var build : BUILDS) {
                    var libraries = "/org/bytedeco/pytorch/" + Loader.getPlatform() + build + "/";
                    if (torch.class.getResource(libraries + System.mapLibraryName("torch")) != null) {
                        Loader.cacheResources(torch.class, libraries);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "Cannot unpack libtorch: " + e.getMessage()
                                + ". It needs a folder that can be written, with 400 MB"
                                + " free (CPU build); -Dorg.bytedeco.javacpp.cachedir=FOLDER names another",
                        e);
            }
        }

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
