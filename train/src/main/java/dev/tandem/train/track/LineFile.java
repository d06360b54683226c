package dev.tandem.train.track;

import dev.tandem.UserException;
import dev.tandem.io.AppendedFile;
import dev.tandem.io.AtomicFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A text file that a tracker appends lines to, in UTF-8. Each line is written immediately, so that a reader may follow a run
 * and a killed run loses at most the line that it was writing. Failures to write are {@link UserException}s with the {@link
 * IOException} as their cause, as {@link Tracker} has them.
 */
public final class LineFile implements AutoCloseable {
    private final Path file;
    private final AppendedFile records;

    private LineFile(Path file, AppendedFile records) {
        this.file = file;
        this.records = records;
    }

    /**
     * Opens the file of a run: a new one, or that of a resumed run, without the lines that were written after its checkpoint
     * and without a last one that was cut off.
     *
     * @param file in the run's folder
     * @param run the run that is recorded
     * @param kept whether a line of a resumed run's file was written before the checkpoint, {@link TrackerContext#stepsDone}
     *     steps after the beginning; only these remain
     * @throws UserException if the file cannot be read or written
     */
    public static LineFile open(Path file, TrackerContext run, Predicate<String> kept) {
        if (!run.resumed() || !Files.exists(file)) {
            return create(file);
        }
        dropCutLine(file);
        return resume(file, kept);
    }

    /** A new file, in place of one that may be there. */
    static LineFile create(Path file) {
        return append(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    }

    /** A file with those of its lines that are kept, the last one also if its end is missing. */
    static LineFile resume(Path file, Predicate<String> kept) {
        try (var lines = Files.lines(file, StandardCharsets.UTF_8)) {
            AtomicFiles.write(file, lines.filter(kept).map(line -> line + "\n").collect(Collectors.joining()));
        } catch (IOException | UncheckedIOException e) {
            throw cannot("read", file, e);
        }
        return append(file, StandardOpenOption.WRITE);
    }

    private static LineFile append(Path file, OpenOption... options) {
        try {
            return new LineFile(file, AppendedFile.open(file, Set.of(options)));
        } catch (IOException e) {
            throw cannot("write", file, e);
        }
    }

    private static void dropCutLine(Path file) {
        try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
            var end = bytes.length();
            while (end > 0 && !isLineEnd(bytes, end - 1)) {
                end--;
            }
            bytes.setLength(end);
        } catch (IOException e) {
            throw cannot("read", file, e);
        }
    }

    private static boolean isLineEnd(RandomAccessFile bytes, long position) throws IOException {
        bytes.seek(position);
        return bytes.read() == '\n';
    }

    private static UserException cannot(String what, Path file, Exception e) {
        return new UserException("Cannot " + what + " " + file + ": " + e.getMessage(), e);
    }

    /**
     * Whether there is no line yet, neither of this run nor of an earlier part of it.
     *
     * @throws UserException if that cannot be determined
     */
    public boolean isEmpty() {
        try {
            return Files.size(file) == 0;
        } catch (IOException e) {
            throw cannot("read", file, e);
        }
    }

    /**
     * Appends a line.
     *
     * @param line without its end
     * @throws UserException if it cannot be written whole; nothing of it is in the file then
     */
    public void append(String line) {
        try {
            records.append(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /**
     * Makes all lines durable.
     *
     * @throws UserException if that fails
     */
    public void force() {
        try {
            records.force();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private UserException failed(IOException e) {
        return new UserException("Cannot write " + file + ": " + e.getMessage() + ". The disk may be full.", e);
    }

    @Override
    public void close() {
        try {
            records.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
