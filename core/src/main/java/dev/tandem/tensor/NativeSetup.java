package dev.tandem.tensor;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import dev.tandem.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Native settings that must be made before libtorch loads. The launcher sets the same in the environment; a program
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

    /** Suffix of the CUDA build's folder; the CPU build's has none. */
    private static final String CUDA_BUILD = "-gpu";

    private NativeSetup() {}

    /**
     * Applies the settings once; later calls do nothing.
     *
     * @throws UserException if this is the GPU build and the CUDA libraries it needs are not installed
     */
    public static void ensure() {
        Once.APPLIED.check();
    }

    /**
     * Sets an environment variable for native code, unless it is set: libraries read settings when they are first used.
     * Does nothing on Windows.
     */
    public static void environment(String name, String value) {
        if (!Platform.isWindows()) {
            Native.load("c", LibC.class).setenv(name, value, 0);
        }
    }

    /** Whether libtorch's natives on the class path are those with CUDA. */
    static boolean cudaBuild() {
        return has(CUDA_BUILD);
    }

    private static boolean has(String build) {
        return torch.class.getResource(folder(build) + System.mapLibraryName("torch")) != null;
    }

    private static String folder(String build) {
        return "/org/bytedeco/pytorch/" + Loader.getPlatform() + build + "/";
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

        /** Held here because a library that is not referenced any more is closed. */
        private final List<NativeLibrary> held;

        private final Optional<UserException> missing;

        Once() {
            if (System.getProperty(MAX_PHYSICAL_BYTES) == null) {
                System.setProperty(MAX_PHYSICAL_BYTES, "0");
            }
            if (System.getenv("TANDEM_KEEP_OPENBLAS") == null) {
                apply();
            }
            if (has("")) {
                unpack("");
            }
            var libraries = List.<NativeLibrary>of();
            var problem = Optional.<UserException>empty();
            if (cudaBuild()) {
                unpack(CUDA_BUILD);
                try {
                    libraries = CudaLibraries.here().load(CudaLibrary.all());
                } catch (UserException e) {
                    problem = Optional.of(e);
                }
            }
            held = libraries;
            missing = problem;
        }

        /**
         * Throws from here, not from the constructor: a class whose initialisation failed does not report the cause
         * again.
         */
        void check() {
            missing.ifPresent(e -> {
                throw new UserException(String.valueOf(e.getMessage()), e);
            });
            Reference.reachabilityFence(held);
        }

        private static void unpack(String build) {
            try {
                Loader.cacheResources(torch.class, folder(build));
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "Cannot unpack libtorch: " + e.getMessage()
                                + ". It needs a folder that can be written, with 400 MB"
                                + " free, 1.7 GB for the GPU build; -Dorg.bytedeco.javacpp.cachedir=FOLDER names another",
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
