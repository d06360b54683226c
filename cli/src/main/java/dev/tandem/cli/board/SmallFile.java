package dev.tandem.cli.board;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;

/** Files that are read whole, when they are there, no links and not too large. */
final class SmallFile {
    private static final long MOST_BYTES = 1 << 20;

    private SmallFile() {}

    /** When a file was last changed; absent if there is none to read. */
    static Optional<Instant> changed(Path file) {
        try {
            var a = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return a.isRegularFile() && a.size() <= MOST_BYTES
                    ? Optional.of(a.lastModifiedTime().toInstant())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A file's text; bytes that are no UTF-8 are shown as such. */
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
