package dev.tandem;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;

/**
 * A file that grows record by record. A record that cannot be written whole, as on a full disk, is taken back, so that
 * the file holds only whole records and can grow again once there is space.
 */
public final class AppendedFile implements AutoCloseable {
    private final FileChannel channel;

    private AppendedFile(FileChannel channel) {
        this.channel = channel;
    }

    /** Opens a file; records are appended after its current content. */
    public static AppendedFile open(Path file, Set<? extends OpenOption> options) throws IOException {
        var channel = FileChannel.open(file, options);
        channel.position(channel.size());
        return new AppendedFile(channel);
    }

    /** Appends a record. */
    public void append(ByteBuffer bytes) throws IOException {
        var whole = channel.position();
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            takeBack(whole, e);
            throw e;
        }
    }

    private void takeBack(long whole, IOException cause) {
        try {
            channel.truncate(whole).position(whole);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Forces all records to the disk. */
    public void force() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
