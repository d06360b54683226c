package dev.tandem.io;

import dev.tandem.UserException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Files that are either whole or absent: written under a temporary name beside the target, forced to the disk, then
 * renamed over it. A reader never sees half a file, whenever the writer stops.
 */
public final class AtomicFiles {
    private AtomicFiles() {}

    /**
     * Writes {@code bytes} to {@code target}, replacing it; creates its folder when missing.
     *
     * @throws UserException if the file cannot be written
     */
    public static void write(Path target, byte[] bytes) {
        replace(target, channel -> Channels.newOutputStream(channel).write(bytes));
    }

    /**
     * Writes {@code text} as UTF-8.
     *
     * @throws UserException if the file cannot be written
     */
    public static void write(Path target, String text) {
        write(target, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes what {@code content} prints, as UTF-8 with LF line ends if it prints those; for files too large to hold in
     * memory.
     *
     * @throws UserException if the file cannot be written
     */
    public static void write(Path target, Consumer<PrintWriter> content) {
        replace(target, channel -> {
            var text = new OutputStreamWriter(Channels.newOutputStream(channel), StandardCharsets.UTF_8);
            var printer = new PrintWriter(new BufferedWriter(text, 1 << 16));
            content.accept(printer);
            if (printer.checkError()) {
                throw new IOException("the disk may be full");
            }
        });
    }

    /** Writes a file's bytes, first to last. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes all bytes.
         *
         * @param channel of the new file, at its beginning
         * @throws IOException if they cannot be written
         */
        void write(FileChannel channel) throws IOException;
    }

    /**
     * Writes what {@code content} puts into the channel; for binary files too large to hold in memory.
     *
     * @throws UserException if the file cannot be written
     */
    public static void writeBinary(Path target, Content content) {
        replace(target, content);
    }

    /**
     * Removes a folder with everything in it; does nothing if there is no such folder.
     *
     * @throws UserException if something in it cannot be removed
     */
    public static void deleteTree(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (var paths = Files.walk(root)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new UserException("Cannot remove " + root + ": " + e.getMessage(), e);
        }
    }

    /**
     * Gives a folder its final name once it is on the disk with everything in it: whenever the machine stops, either
     * the whole folder is there under that name or none is.
     *
     * @param temporary a folder beside the target
     * @param target must not exist
     * @throws IOException if a file cannot be forced to the disk or the folder not be renamed
     */
    public static void publish(Path temporary, Path target) throws IOException {
        try (var paths = Files.walk(temporary)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                force(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        var parent = target.toAbsolutePath().resolveSibling(".");
        force(parent);
        // the parent may be as new as the folder
        force(parent.resolve(".."));
    }

    /** Forces a file, or the names in a folder, to the disk. */
    private static void force(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            forceFolder(path);
            return;
        }
        try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void forceFolder(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException e) {
            // Windows cannot open a folder; it stores names by itself
            return;
        }
    }

    private static void replace(Path target, Content content) {
        var file = target.toAbsolutePath();
        var folder = file.getParent();
        if (folder == null) {
            throw new UserException("cannot write " + target + ": it is a folder, a file name was expected");
        }
        try {
            Files.createDirectories(folder);
            // not createTempFile: its files are readable by the owner alone, also after the rename
            var temporary = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
            try {
                writeAndForce(temporary, content);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new UserException(
                    "cannot write " + target + ": " + e + "; check that the folder is writable and the disk not full",
                    e);
        }
    }

    private static void writeAndForce(Path file, Content content) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            content.write(channel);
            channel.force(true);
        }
    }
}
