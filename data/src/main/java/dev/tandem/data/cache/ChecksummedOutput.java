package dev.tandem.data.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/** Writes little-endian numbers in large blocks, and at the end a checksum of all of them. */
final class ChecksummedOutput {
    private static final int BUFFER = 1 << 18;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C checksum = new CRC32C();

    private long flushed;

    ChecksummedOutput(FileChannel channel) {
        this.channel = channel;
    }

    void int32(int value) throws IOException {
        reserve(Integer.BYTES);
        buffer.putInt(value);
    }

    void int64(long value) throws IOException {
        reserve(Long.BYTES);
        buffer.putLong(value);
    }

    /** Number of bytes written so far. */
    long position() {
        return flushed + buffer.position();
    }

    void int32s(int[] values) throws IOException {
        for (var from = 0; from < values.length; ) {
            reserve(Integer.BYTES);
            var count = Math.min(values.length - from, buffer.remaining() / Integer.BYTES);
            buffer.asIntBuffer().put(values, from, count);
            buffer.position(buffer.position() + count * Integer.BYTES);
            from += count;
        }
    }

    /** Eight flags a byte, lowest bit first; unused bits are 0. */
    void bits(boolean[] flags) throws IOException {
        for (var from = 0; from < flags.length; from += Byte.SIZE) {
            var bits = 0;
            for (var i = from; i < Math.min(flags.length, from + Byte.SIZE); i++) {
                bits |= flags[i] ? 1 << (i - from) : 0;
            }
            reserve(1);
            buffer.put((byte) bits);
        }
    }

    /** @param values fewer than a block */
    void bytes(byte[] values) throws IOException {
        reserve(values.length);
        buffer.put(values);
    }

    /** Writes the rest of the block and the checksum; nothing may follow. */
    void finish() throws IOException {
        flush();
        buffer.putInt((int) checksum.getValue());
        flush();
    }

    private void reserve(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        checksum.update(buffer.duplicate());
        flushed += buffer.remaining();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }
}
