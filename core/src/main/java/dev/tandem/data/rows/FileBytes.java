package dev.tandem.data.rows;

import dev.tandem.UserException;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Bytes of a file, decompressed if they are gzip. This is decided by the first two bytes and not by the name: data sets
 * are often gzipped without saying so, or named .gz without being gzipped.
 */
final class FileBytes implements Closeable {
    private static final int BUFFER = 1 << 16;
    private static final int PEEK = 512;

    private final String name;
    private final boolean gzip;
    private final byte[] head;
    private final InputStream stream;

    private FileBytes(String name, boolean gzip, byte[] head, InputStream rest) {
        this.name = name;
        this.gzip = gzip;
        this.head = head;
        this.stream = new SequenceInputStream(new ByteArrayInputStream(head), rest);
    }

    /**
     * Opens {@code file}.
     *
     * @throws UserException if it does not exist, is a folder, may not be read, or is gzip that is broken from the
     *     start
     */
    static FileBytes open(Path file) {
        var name = Printable.escaped(file.toString());
        checkRegular(file, name);
        try {
            var raw = Files.newInputStream(file);
            try {
                return inflated(name, raw);
            } catch (IOException e) {
                raw.close();
                throw e;
            }
        } catch (AccessDeniedException e) {
            throw new UserException(name + " may not be read by this user. Check its permissions.", e);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private static void checkRegular(Path file, String name) {
        if (Files.isDirectory(file)) {
            throw new UserException(name + " is a folder, a file of rows was expected. Name a file in it.");
        }
        if (!Files.exists(file)) {
            throw new UserException(name + " does not exist. Check the path; relative paths start at "
                    + Printable.escaped(Path.of("").toAbsolutePath().toString()) + ".");
        }
        if (!Files.isRegularFile(file)) {
            throw new UserException(name + " is not a regular file (a pipe or a device?). Save the rows in a file.");
        }
    }

    private static FileBytes inflated(String name, InputStream raw) throws IOException {
        var magic = raw.readNBytes(2);
        var whole = new SequenceInputStream(new ByteArrayInputStream(magic), raw);
        if (magic.length == 2 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b) {
            var inflating = new GZIPInputStream(whole, BUFFER);
            return new FileBytes(name, true, inflating.readNBytes(PEEK), inflating);
        }
        return new FileBytes(name, false, whole.readNBytes(PEEK), whole);
    }

    /** The file as the user named it, escaped for messages. */
    String name() {
        return name;
    }

    /** Whether the file is gzipped. */
    boolean gzip() {
        return gzip;
    }

    /** A copy of the first bytes, at most 512. */
    byte[] head() {
        return Arrays.copyOf(head, head.length);
    }

    /** Whether the file starts with these bytes. */
    boolean startsWith(byte[] start) {
        return head.length >= start.length && Arrays.equals(head, 0, start.length, start, 0, start.length);
    }

    /**
     * Works as {@link InputStream#read(byte[], int, int)}; data decompressed before a damaged place is returned first.
     */
    int read(byte[] target, int from, int length) throws IOException {
        return stream.read(target, from, length);
    }

    /** The error for {@code problem} at {@code where}, the file or a place in it. */
    static UserException unreadable(String where, IOException problem) {
        if (problem instanceof EOFException) {
            return new UserException(
                    where + ": the gzip stream ends too early, so the file was cut. Download or copy it again.",
                    problem);
        }
        if (problem instanceof ZipException) {
            return new UserException(
                    where + ": the gzip stream is damaged ("
                            + Printable.of(String.valueOf(problem.getMessage()))
                            + "). Download or copy the file again.",
                    problem);
        }
        return new UserException(
                where + " cannot be read: " + Printable.of(String.valueOf(problem.getMessage()))
                        + ". Check the disk and the file's permissions.",
                problem);
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException e) {
            // Nothing was written, so nothing can be lost: a failure to close does not concern the user.
            return;
        }
    }
}
