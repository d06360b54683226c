package dev.tandem.tensor;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Folders in which an installed CUDA keeps its libraries.
 *
 * @param named folders that {@code TANDEM_CUDA_PATH} names, ahead of all others
 * @param usual folders of the environment's CUDA, and those where its installers put it
 */
record CudaFolders(List<Path> named, List<Path> usual) {
    /**
     * Folders, separated as in {@code PATH}: of libraries, of a toolkit, or of several packages that hold a {@code
     * lib}.
     */
    static final String VARIABLE = "TANDEM_CUDA_PATH";

    private static final List<String> OF_TOOLKIT =
            List.of("", "lib64", "lib", "targets/x86_64-linux/lib", "extras/CUPTI/lib64");

    CudaFolders {
        named = List.copyOf(named);
        usual = List.copyOf(usual);
    }

    /** @param installed the folder where toolkits are installed side by side, as in {@code /usr/local/cuda-13.1} */
    static CudaFolders of(Map<String, String> environment, Path installed) {
        var roots = new LinkedHashSet<Path>();
        Stream.of("CUDA_HOME", "CUDA_PATH")
                .flatMap(name -> paths(environment, name))
                .forEach(roots::add);
        roots.add(installed.resolve("cuda"));
        children(installed).stream()
                .filter(path -> path.getFileName().toString().startsWith("cuda-13"))
                .forEach(roots::add);
        return new CudaFolders(
                paths(environment, VARIABLE)
                        .flatMap(root -> Stream.concat(
                                folders(root), children(root).stream().map(p -> p.resolve("lib"))))
                        .toList(),
                roots.stream().flatMap(CudaFolders::folders).toList());
    }

    /** Finds a file of that name in the first folder that has one. */
    static Optional<Path> find(List<Path> folders, String fileName) {
        return folders.stream()
                .map(folder -> folder.resolve(fileName))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** All folders that exist. */
    List<Path> existing() {
        return Stream.concat(named.stream(), usual.stream())
                .filter(Files::isDirectory)
                .toList();
    }

    private static Stream<Path> folders(Path root) {
        return OF_TOOLKIT.stream().map(root::resolve);
    }

    private static Stream<Path> paths(Map<String, String> environment, String name) {
        return Stream.of(environment.getOrDefault(name, "").split(File.pathSeparator))
                .filter(text -> !text.isBlank())
                .map(Path::of);
    }

    private static List<Path> children(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var entries = Files.newDirectoryStream(folder, Files::isDirectory)) {
            var result = new ArrayList<Path>();
            entries.forEach(result::add);
            result.sort(null);
            return result;
        } catch (IOException e) {
            return List.of(); // what cannot be read holds nothing we could load
        }
    }
}
