package dev.tandem.io;

import dev.tandem.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/**
 * SHA-256 of files by their content. Gigabytes are read once: digests are remembered in a folder, one file {@code
 * digests/<SHA-256 of the real path>.txt} each, of four lines: format, the file's attributes (size, times of the last
 * change of content and of inode in nanoseconds, file key), digest, CRC-32C of the first three lines.
 *
 * <p>A file whose attributes differ now is read again, as is one whose digest cannot be read or is damaged. The digest
 * of a file that changed while or just before it was read is not remembered: a later change might not show in its
 * times.
 */
public final class DigestCache {
    private static final String FORMAT = "tandem-digest 1";

    /** Coarser than the clock of any file system in use. */
    private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Path folder;
    private final InstantSource clock;

    /**
     * Digests remembered in a folder.
     *
     * @param cache the cache folder; need not exist, nor be writable
     * @param clock a clock that roughly agrees with the file system's
     */
    public DigestCache(Path cache, InstantSource clock) {
        this.folder = cache.resolve("digests");
        this.clock = clock;
    }

    /**
     * Digests of files as hex, in their order; several files are read in parallel.
     *
     * @throws UncheckedIOException if one cannot be read
     */
    public List<String> of(List<Path> files) {
        return files.parallelStream().map(this::of).toList();
    }

    private String of(Path file) {
        try {
            var path = file.toRealPath();
            var look = look(path);
            var memory = folder.resolve(Sha256.hex(Sha256.of(path.toString())) + ".txt");
            var known = recall(memory, look);
            return known.isPresent() ? known.get() : computed(path, look, memory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String computed(Path file, String look, Path memory) throws IOException {
        var digest = Sha256.hex(file);
        if (look(file).equals(look) && settled(file)) {
            remember(memory, look, digest);
        }
        return digest;
    }

    /** Attributes that change when the content does, unless clocks are tampered with. */
    private static String look(Path file) throws IOException {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return attributes.size() + " " + nanos(attributes.lastModifiedTime()) + " "
                + changeTime(file).map(DigestCache::nanos).orElse(0L) + " "
                + attributes.fileKey();
    }

    /** Unlike the time of modification, no copying tool sets it back. */
    private static Optional<FileTime> changeTime(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? Optional.of((FileTime) Files.getAttribute(file, "unix:ctime"))
                : Optional.empty();
    }

    private boolean settled(Path file) throws IOException {
        var now = TimeUnit.MILLISECONDS.toNanos(clock.millis());
        var modified = nanos(Files.getLastModifiedTime(file));
        var changed = changeTime(file).map(DigestCache::nanos).orElse(modified);
        return now - Math.max(modified, changed) > SETTLED_NANOS;
    }

    private static long nanos(FileTime time) {
        return time.to(TimeUnit.NANOSECONDS);
    }

    private static Optional<String> recall(Path memory, String look) {
        try {
            var lines = Files.readAllLines(memory, StandardCharsets.UTF_8);
            var whole = lines.size() == 4
                    && lines.get(0).equals(FORMAT)
                    && lines.get(1).equals(look)
                    && lines.get(3).equals(check(text(look, lines.get(2))));
            return whole ? Optional.of(lines.get(2)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void remember(Path memory, String look, String digest) {
        var text = text(look, digest);
        try {
            AtomicFiles.write(memory, text + check(text) + "\n");
        } catch (UserException e) {
            // the file is read again next time; code that writes more to the cache reports that it cannot
            return;
        }
    }

    private static String text(String look, String digest) {
        return FORMAT + "\n" + look + "\n" + digest + "\n";
    }

    private static String check(String text) {
        var crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }
}
