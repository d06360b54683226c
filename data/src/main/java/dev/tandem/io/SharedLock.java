package dev.tandem.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A lock on a file that is made once and shared by several threads or processes. One of them holds the lock while it
 * makes the file; the others wait and then find the file instead of making it again. The system releases the lock when
 * its holder dies. Where there are no locks (some network file systems, folders that cannot be written) no process
 * waits: each makes the file, and all results are right.
 */
public final class SharedLock implements AutoCloseable {
    private static final long RETRY_MILLIS = 100;

    private final Optional<FileChannel> channel;
    private final boolean waited;

    private SharedLock(Optional<FileChannel> channel, boolean waited) {
        this.channel = channel;
        this.waited = waited;
    }

    /** Returns no lock, for a file that is not shared. */
    public static SharedLock none() {
        return new SharedLock(Optional.empty(), false);
    }

    /**
     * Waits for a lock.
     *
     * @param file the file to lock; it is created with its folder, and has no content
     * @param waiting called once if another process or thread holds the lock
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

    /** Whether this object holds the lock and keeps others out. */
    public boolean held() {
        return channel.isPresent();
    }

    /** Whether another holder came first, which may already have made the file. */
    public boolean waited() {
        return waited;
    }

    private static boolean acquire(FileChannel channel, Runnable waiting) throws IOException {
        var reported = false;
        for (; attempt(channel).isEmpty(); reported = true) {
            if (!reported) {
                waiting.run();
            }
            try {
                Thread.sleep(RETRY_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for another", e);
            }
        }
        return reported;
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
