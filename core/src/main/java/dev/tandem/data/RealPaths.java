package dev.tandem.data;

import java.io.IOException;
import java.nio.file.Path;

/** Resolves paths so that two paths to the same file are equal. */
public final class RealPaths {
    private RealPaths() {}

    /** The path without links and relative parts; as given if there is no such file. */
    public static Path of(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            return file.toAbsolutePath().normalize();
        }
    }
}
