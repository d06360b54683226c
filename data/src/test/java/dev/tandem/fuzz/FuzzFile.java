package dev.tandem.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files a fuzz target writes its input to, in a folder of this process. */
public final class FuzzFile {
    private static final Path FOLDER = folder();

    private FuzzFile() {}

    /** A folder that is removed when the process ends. */
    public static Path folder() {
        try {
            var folder = Files.createTempDirectory("tandem-fuzz");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> dev.tandem.io.AtomicFiles.deleteTree(folder)));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code bytes} in a file of this name, which held something else before. */
    public static Path of(String name, byte[] bytes) {
        try {
            return Files.write(FOLDER.resolve(name), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
