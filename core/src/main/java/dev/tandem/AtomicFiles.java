package dev.tandem;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

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
        var file = target.toAbsolutePath();
        var folder = file.getParent();
        if (folder == null) {
            throw new UserException("cannot write " + target + ": it is a folder, a file name was expected");
        }
        try {
            Files.createDirectories(folder);
            // a name of our own: Files.createTempFile would keep the result from everybody but its owner
            var unique =
                    ProcessHandle.current().pid() + "-" + Thread.currentThread().getId();
            var temporary = folder.resolve("." + file.getFileName() + "." + unique + ".tmp");
            try {
                writeAndForce(temporary, bytes);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new UserException(
                    "cannot write " + target + ": " + e + "; check that the folder is writable and the disk not full",
                    e);
        }
    }

    /**
     * Writes {@code text} as UTF-8.
     *
     * @throws UserException if the file cannot be written
     */
    public static void write(Path target, String text) {
        write(target, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void writeAndForce(Path file, byte[] bytes) throws IOException {
        try (var channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            var buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }
}
