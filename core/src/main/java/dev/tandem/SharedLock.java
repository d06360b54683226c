package dev.tandem;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Held by the one, of this process or another, that makes a file which others share; a second one waits, and then finds it
 * instead of making the same. The system releases it when its holder dies. Where there are no locks (some network file
 * systems, folders that cannot be written) nobody waits: both work, and both results are right.
 */
public final class SharedLock implements AutoCloseable {
    private static final long RETRY_MILLIS = 100;

    private final Optional<FileChannel> channel;
    private final boolean waited;

    private SharedLock(Optional<FileChannel> channel, boolean waited) {
        this.channel = channel;
        this.waited = waited;
    }

    /** No lock, where nothing is shared. */
    public static SharedLock none() {
        return new SharedLock(Optional.empty(), false);
    }

    /**
     * Waits for a lock.
     *
     * @param file is locked; it is created with its folder, and has no content
     * @param waiting told once if another holds it
     */
    public static SharedLock of(Path file, Runnable waiting) {
        try {
            Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                return new SharedLock(Optional.of(channel), acquire(channel, waiting));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            return none();
        }
    }

    /** Whether others are kept out. */
    public boolean held() {
        return channel.isPresent();
    }

    /** Whether another held it first, who may have made what is wanted. */
    public boolean waited() {
        return waited;
    }

    private static boolean acquire(FileChannel channel, Runnable waiting) throws IOException {
        var told = false;
        for (; attempt(channel).isEmpty(); told = true) {
            if (!told) {
                waiting.run();
            }
            try {
                Thread.sleep(RETRY_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for another", e);
            }
        }
        return told;
    }

    private static Optional<FileLock> attempt(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException e) {
            return Optional.empty(); // another thread of this process holds it
        }
    }

    @Override
    public void close() {
        try {
            if (channel.isPresent()) {
                channel.get().close();
            }
        } catch (IOException e) {
            // a lock file has no content that could be lost
            return;
        }
    }
}
