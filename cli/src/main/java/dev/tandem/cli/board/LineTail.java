package dev.tandem.cli.board;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a growing file of lines: every complete line once, from the position where the last reading ended. A file that
 * was cut or replaced is read from its beginning again. A symbolic link is not followed.
 */
final class LineTail {
    private static final int CHUNK = 1 << 16;
    private static final int WITNESS = 64;

    private final Path file;
    private final int longest;
    private final long budget;
    private Optional<Seen> seen = Optional.empty();
    private byte[] witness = new byte[0];
    private long offset;
    private boolean inLongLine;
    private boolean behind;

    /** Receives the lines. */
    interface Sink {
        /** Receives a line without its end. */
        void line(byte[] bytes, int from, int length);

        /** A line was too long and is skipped. */
        void tooLong();

        /** The lines received so far are no longer valid; all lines will be sent again. */
        void restart();
    }

    private record Seen(long size, long modified, Optional<Object> key) {}

    /**
     * @param longest most bytes of a line
     * @param budget most bytes per reading, so that one large file does not delay others
     */
    LineTail(Path file, int longest, long budget) {
        this.file = file;
        this.longest = longest;
        this.budget = budget;
    }

    /** Whether there is more to read than one reading's budget. */
    boolean behind() {
        return behind;
    }

    /** Reads the new lines. Returns whether there were any; a restart counts. */
    boolean read(Sink sink) throws IOException {
        var now = look();
        if (now.isEmpty()) {
            var gone = seen.isPresent();
            seen = now;
            return gone && restart(sink);
        }
        if (now.equals(seen) && !behind) {
            return false;
        }
        var changed = false;
        try (var channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            if (isAnother(now.get(), channel)) {
                changed = restart(sink);
            }
            var before = offset;
            behind = consume(channel, sink);
            witness = bytes(channel, Math.max(0, offset - WITNESS), (int) Math.min(offset, WITNESS));
            changed |= offset != before;
        }
        seen = now;
        return changed;
    }

    private Optional<Seen> look() throws IOException {
        try {
            var a = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return a.isRegularFile()
                    ? Optional.of(new Seen(
                            a.size(), a.lastModifiedTime().toMillis(), Optional.ofNullable((Object) a.fileKey())))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether this is another file: the same file, grown, still has the bytes before the offset that were read there.
     */
    private boolean isAnother(Seen now, FileChannel channel) throws IOException {
        return seen.isPresent()
                && (now.size() < offset
                        || !Objects.equals(now.key(), seen.get().key())
                        || !Arrays.equals(witness, bytes(channel, offset - witness.length, witness.length)));
    }

    private boolean restart(Sink sink) {
        offset = 0;
        witness = new byte[0];
        inLongLine = false;
        behind = false;
        sink.restart();
        return true;
    }

    private static byte[] bytes(FileChannel channel, long from, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length);
        var read = 1;
        while (buffer.hasRemaining() && read > 0) {
            read = channel.read(buffer, from + buffer.position());
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** Returns whether the budget ended before the file. */
    private boolean consume(FileChannel channel, Sink sink) throws IOException {
        var buffer = new byte[CHUNK];
        var held = 0;
        var left = budget;
        while (left > 0) {
            if (held == buffer.length) {
                buffer = Arrays.copyOf(buffer, Math.min(2 * held, longest + 1));
            }
            var read = channel.read(ByteBuffer.wrap(buffer, held, buffer.length - held), offset + held);
            if (read <= 0) {
                return false;
            }
            left -= read;
            held += read;
            var done = lines(buffer, held, sink);
            System.arraycopy(buffer, done, buffer, 0, held - done);
            held -= done;
            offset += done;
            if (held > longest) {
                if (!inLongLine) {
                    sink.tooLong();
                }
                inLongLine = true;
                offset += held;
                held = 0;
            }
        }
        return true;
    }

    /** Passes on the complete lines of a buffer. Returns their number of bytes. */
    private int lines(byte[] buffer, int held, Sink sink) {
        var start = 0;
        for (var i = 0; i < held; i++) {
            if (buffer[i] == '\n') {
                if (!inLongLine && i > start) {
                    sink.line(buffer, start, i - start);
                }
                inLongLine = false;
                start = i + 1;
            }
        }
        return start;
    }
}
