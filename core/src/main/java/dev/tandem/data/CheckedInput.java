package dev.tandem.data;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * Reads what {@link CheckedOutput} wrote. Until {@link #finish()} has compared the checksum, the values read may be
 * arbitrary; a count that the rest of the file cannot hold is refused immediately, so that damage cannot ask for a huge
 * array.
 */
final class CheckedInput {
    private static final int BUFFER = 1 << 18;

    private final FileChannel channel;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    private final CRC32C checksum = new CRC32C();
    /** Bytes before the checksum that are not in the buffer yet. */
    private long unread;

    CheckedInput(FileChannel channel) throws IOException {
        this.channel = channel;
        this.unread = channel.size() - Integer.BYTES;
    }

    int int32() throws IOException {
        need(Integer.BYTES);
        return buffer.getInt();
    }

    long int64() throws IOException {
        need(Long.BYTES);
        return buffer.getLong();
    }

    /** Skips bytes; they still count in the checksum. */
    void skip(long bytes) throws IOException {
        for (var left = bytes; left > 0; ) {
            need(1);
            var some = (int) Math.min(left, buffer.remaining());
            buffer.position(buffer.position() + some);
            left -= some;
        }
    }

    /**
     * Reads a number that is not negative.
     *
     * @param bytesEach minimum number of bytes that follow for each counted item
     */
    int count(int bytesEach) throws IOException {
        var count = int32();
        if (count < 0 || (long) count * bytesEach > unread + buffer.remaining()) {
            throw damaged();
        }
        return count;
    }

    int[] int32s(int count) throws IOException {
        var result = new int[count];
        for (var from = 0; from < count; ) {
            need(Integer.BYTES);
            var some = Math.min(count - from, buffer.remaining() / Integer.BYTES);
            buffer.asIntBuffer().get(result, from, some);
            buffer.position(buffer.position() + some * Integer.BYTES);
            from += some;
        }
        return result;
    }

    /** @param count less than a block */
    byte[] bytes(int count) throws IOException {
        need(count);
        var result = new byte[count];
        buffer.get(result);
        return result;
    }

    /**
     * Compares the checksum.
     *
     * @throws IOException if the checksum differs, or bytes are left
     */
    void finish() throws IOException {
        if (unread > 0 || buffer.hasRemaining()) {
            throw damaged();
        }
        var expected = (int) checksum.getValue();
        unread = Integer.BYTES;
        if (int32() != expected) {
            throw damaged();
        }
    }

    private void need(int bytes) throws IOException {
        if (buffer.remaining() >= bytes) {
            return;
        }
        buffer.compact();
        var fresh = buffer.position();
        if (buffer.remaining() > unread) {
            buffer.limit(fresh + (int) Math.max(0, unread));
        }
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("it is cut");
            }
        }
        unread -= buffer.position() - fresh;
        buffer.flip();
        checksum.update(buffer.duplicate().position(fresh));
        if (buffer.remaining() < bytes) {
            throw new EOFException("it is cut");
        }
    }

    private static IOException damaged() {
        return new IOException("it is damaged");
    }
}
