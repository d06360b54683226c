package dev.tandem.spark.report;

import dev.tandem.io.AtomicFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;

/**
 * Writes the files of a run as they arrive from another machine.
 *
 * @param folder the folder to which they are written
 */
record MirroredRun(Path folder) {
    private static final Pattern NAME = Pattern.compile("(tensorboard/)?[A-Za-z0-9][A-Za-z0-9._-]*");

    /** Writes a file from its beginning. */
    void replace(String name, byte[] bytes) throws IOException {
        AtomicFiles.write(file(name), bytes);
    }

    /** Appends to a file. @throws IOException if it has another length, because a piece is missing */
    void append(String name, long from, byte[] bytes) throws IOException {
        var file = file(name);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            if (channel.size() != from) {
                throw new IOException(file + " has " + channel.size() + " bytes, " + from + " were expected");
            }
            var rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        }
    }

    private Path file(String name) throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw new IOException("no file of a run: " + name);
        }
        var file = folder.resolve(name);
        Files.createDirectories(file.toAbsolutePath().getParent());
        return file;
    }
}
