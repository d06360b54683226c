package dev.tandem.train;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Held by the one run that computes what a folder of the cache lacks, so that a second run, in this process or another,
 * waits and reads instead of computing the same. The system releases it when its holder dies. Where there are no locks
 * (some network file systems, folders that cannot be written) nobody waits: both compute, and both results are right.
 */
final class CacheLock implements AutoCloseable {
    private static final long RETRY_MILLIS = 100;

    private final Optional<FileChannel> channel;

    private CacheLock(Optional<FileChannel> channel) {
        this.channel = channel;
    }

    /** No lock, where nothing is shared. */
    static CacheLock none() {
        return new CacheLock(Optional.empty());
    }

    /**
     * Waits for the lock of a folder, which is created.
     *
     * @param waiting told once if another holds it
     */
    static CacheLock of(Path folder, Runnable waiting) {
        try {
            Files.createDirectories(folder);
            var channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                acquire(channel, waiting);
                return new CacheLock(Optional.of(channel));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            return none();
        }
    }

    private static void acquire(FileChannel channel, Runnable waiting) throws IOException {
        for (var told = false; attempt(channel).isEmpty(); told = true) {
            if (!told) {
                waiting.run();
            }
            try {
                Thread.sleep(RETRY_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for another run", e);
            }
        }
    }

    private static Optional<FileLock> attempt(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException e) {
            return Optional.empty(); // another run of this process holds it
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
