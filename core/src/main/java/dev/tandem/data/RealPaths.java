package dev.tandem.data;

import java.io.IOException;
import java.nio.file.Path;

/** Tells whether two paths name the same file. */
public final class RealPaths {
    private RealPaths() {}

    /** The path without links and detours; as it is named if there is no such file. */
    public static Path of(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            return file.toAbsolutePath().normalize();
        }
    }
}
