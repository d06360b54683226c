package dev.tandem.cli.board;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;

/** Reads whole files if they exist, are not links and are not too large. */
final class SmallFile {
    private static final long MAX_BYTES = 1 << 20;

    private SmallFile() {}

    /** The time of a file's last change; absent if there is no file to read. */
    static Optional<Instant> changed(Path file) {
        try {
            var a = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return a.isRegularFile() && a.size() <= MAX_BYTES
                    ? Optional.of(a.lastModifiedTime().toInstant())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A file's text; bytes that are not UTF-8 become replacement characters. */
    static Optional<String> text(Path file) {
        try {
            return changed(file).isPresent()
                    ? Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
