package dev.tandem.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files in which Linux describes the machine. */
final class SystemFiles {
    private SystemFiles() {}

    /** The content of a file; empty if there is none, as on a system that is not Linux. */
    static String text(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            return "";
        }
    }
}
