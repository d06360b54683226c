package dev.tandem.tensor;

import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import dev.tandem.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * Loads the libraries that libtorch with CUDA is linked against, before libtorch itself: the linker then takes the
 * loaded ones, wherever they came from. Some of them come with the build, the rest from the installed CUDA.
 */
final class CudaLibraries {
    private static final int RTLD_LAZY = 1;

    private final CudaFolders folders;

    CudaLibraries(CudaFolders folders) {
        this.folders = folders;
    }

    /** The libraries of this machine. */
    static CudaLibraries here() {
        return new CudaLibraries(CudaFolders.of(System.getenv(), Path.of("/usr/local")));
    }

    /**
     * Loads all of them.
     *
     * @return the libraries; one that is no longer referenced is closed
     * @throws UserException if some are missing; it says which, where they were searched for, and what to install
     */
    List<NativeLibrary> load(List<CudaLibrary> libraries) {
        var loaded = new ArrayList<NativeLibrary>();
        var missing = new ArrayList<CudaLibrary>();
        var reasons = new ArrayList<String>();
        for (var library : libraries) {
            try {
                loaded.add(NativeLibrary.getInstance(place(library), Map.of(Library.OPTION_OPEN_FLAGS, RTLD_LAZY)));
            } catch (UnsatisfiedLinkError e) {
                missing.add(library);
                reasons.add(reason(e));
            }
        }
        if (!missing.isEmpty()) {
            throw new UserException(message(missing, reasons.get(0)));
        }
        return List.copyOf(loaded);
    }

    /** The linker's own message, which follows JNA's. */
    private static String reason(UnsatisfiedLinkError e) {
        return String.valueOf(e.getMessage())
                .lines()
                .limit(2)
                .reduce((first, second) -> second)
                .orElse("");
    }

    /** What to load for a library: a file, or its name if the system's linker is to search for it. */
    private String place(CudaLibrary library) {
        return CudaFolders.find(folders.named(), library.fileName())
                .or(() -> ofBuild(library))
                .or(() -> CudaFolders.find(folders.usual(), library.fileName()))
                .map(Path::toString)
                .orElseGet(library::fileName);
    }

    private static Optional<Path> ofBuild(CudaLibrary library) {
        var resource = torch.class.getResource("/org/bytedeco/cuda/" + Loader.getPlatform() + "/" + library.fileName());
        if (resource == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Loader.cacheResource(resource).toPath());
        } catch (IOException e) {
            throw new UserException(
                    "Cannot unpack " + library.fileName() + ": " + e.getMessage()
                            + ". It needs a folder that can be written; -Dorg.bytedeco.javacpp.cachedir=FOLDER names"
                            + " another.",
                    e);
        }
    }

    private String message(List<CudaLibrary> missing, String reason) {
        var products = missing.stream()
                .collect(Collectors.groupingBy(
                        CudaLibrary::product,
                        java.util.TreeMap::new,
                        Collectors.mapping(CudaLibrary::fileName, Collectors.joining(", "))));
        var lines = products.entrySet().stream()
                .map(entry -> "  " + entry.getKey().title() + ": " + entry.getValue())
                .collect(Collectors.joining("\n"));
        var places = folders.existing().stream().map(Path::toString).collect(Collectors.joining(", "));
        return "libtorch's GPU build needs libraries from NVIDIA that cannot be loaded here:\n" + lines
                + "\nSearched in: " + (places.isEmpty() ? "" : places + ", ")
                + "LD_LIBRARY_PATH and the system's library folders. The linker says: " + reason
                + "\nInstall them, or name their folders in " + CudaFolders.VARIABLE
                + " (docs/gpu.md). Without a GPU, use the CPU build: unset TANDEM_GPU, or build without -Pgpu.";
    }
}
