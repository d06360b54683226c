package dev.tandem.train.folder;

import dev.tandem.UserException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Held by the one run that works in a run folder. The system locks the file {@code lock} and releases it when its holder
 * dies; {@code lock-owner.json} names its holder, in the form of {@link RunState}. They are two files because a process
 * that merely opens and closes a file loses its own lock on it: the owner is read without touching {@code lock}.
 *
 * <p>An owner without a lock is one that was killed, and the lock is taken over from it. Where there are no locks (some
 * network file systems) the run continues without one, and reports this.
 */
public final class RunLock implements AutoCloseable {
    private final RunDirectory directory;
    private final boolean fresh;
    private final Optional<FileChannel> channel;

    private RunLock(RunDirectory directory, boolean fresh, Optional<FileChannel> channel) {
        this.directory = directory;
        this.fresh = fresh;
        this.channel = channel;
    }

    /**
     * Takes the lock of a run folder, which is created.
     *
     * @param steps steps of the run
     * @param messages notified when a dead owner's lock is taken over, or there are no locks here
     * @throws UserException if another run, of this process or another, holds it
     */
    public static RunLock take(RunDirectory directory, int steps, Consumer<String> messages) {
        var fresh = !Files.exists(directory.root());
        directory.create();
        // one run of this process after another: see above
        synchronized (RunLock.class) {
            var owner = RunState.read(directory.lockOwner());
            var self = RunState.begin(steps);
            if (owner.filter(other -> isSameProcess(other, self)).isPresent()) {
                throw taken(directory, owner);
            }
            var channel = channel(directory, owner, messages);
            owner.ifPresent(dead -> messages.accept(
                    "Taking over the run folder from " + words(dead) + ", which ended without releasing it"));
            self.write(directory.lockOwner());
            return new RunLock(directory, fresh, channel);
        }
    }

    private static boolean isSameProcess(RunState a, RunState b) {
        return a.pid() == b.pid()
                && a.host().equals(b.host())
                && a.processStarted().equals(b.processStarted());
    }

    private static Optional<FileChannel> channel(
            RunDirectory directory, Optional<RunState> owner, Consumer<String> messages) {
        try {
            var locked = locked(directory.lock());
            if (locked.isPresent()) {
                return locked;
            }
        } catch (IOException e) {
            messages.accept("Warning: " + directory.lock() + " cannot be locked (" + e
                    + "). Make sure that no other run" + " works in this folder.");
            return Optional.empty();
        }
        throw taken(directory, owner);
    }

    /** A lock on the file, which is created if absent; empty if another process has it. */
    private static Optional<FileChannel> locked(Path file) throws IOException {
        if (!Files.exists(file)) {
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                    .close();
        }
        var before = key(file);
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        // a holder that ends removes its file: a lock on a file without a name excludes no process
        if (attempt(channel).isPresent() && before.equals(key(file))) {
            return Optional.of(channel);
        }
        channel.close();
        return Optional.empty();
    }

    private static Optional<FileLock> attempt(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        }
    }

    /** Distinguishes a file from another of its name. */
    private static Optional<String> key(Path file) throws IOException {
        return Files.exists(file)
                ? Optional.of(String.valueOf(
                        Files.readAttributes(file, BasicFileAttributes.class).fileKey()))
                : Optional.empty();
    }

    private static UserException taken(RunDirectory directory, Optional<RunState> owner) {
        return new UserException(directory.root() + ": another run works in this folder: "
                + owner.map(RunLock::words).orElse("a process that has not said which it is")
                + ". Wait for it, stop it, or give another output.");
    }

    private static String words(RunState owner) {
        return "process " + owner.pid() + " on " + owner.host() + ", since " + owner.started();
    }

    @Override
    public void close() {
        synchronized (RunLock.class) {
            try {
                removeFiles();
            } finally {
                channel.ifPresent(RunLock::release);
            }
        }
    }

    private void removeFiles() {
        try {
            Files.deleteIfExists(directory.lockOwner());
            Files.deleteIfExists(directory.lock());
            if (fresh) {
                // a run that did not begin leaves nothing behind
                directory.removeIfEmpty();
            }
        } catch (IOException e) {
            // the next run takes over what is left of the lock
            return;
        }
    }

    private static void release(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // the system releases the lock when the process ends
            return;
        }
    }
}
