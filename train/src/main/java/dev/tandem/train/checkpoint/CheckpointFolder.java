package dev.tandem.train.checkpoint;

import dev.tandem.UserException;
import dev.tandem.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The folder of a run's checkpoints: {@code step-N} each, and, while they are written and removed, {@code .step-N.writing}
 * and {@code .step-N.removing}, which a process that was killed leaves behind.
 *
 * @param root the folder; need not exist
 */
record CheckpointFolder(Path root) {
    private static final Pattern NAME = Pattern.compile("step-(\\d{1,9})");
    private static final Pattern LEFTOVER = Pattern.compile("\\.step-\\d{1,9}\\.(writing|removing)");

    /** The folder of a checkpoint. */
    Path of(int step) {
        return root.resolve("step-" + step);
    }

    /** The folder in which it is written. */
    Path writing(int step) {
        return root.resolve(".step-" + step + ".writing");
    }

    /** Checkpoints by their names, the newest first. Whether their files are whole is not checked. */
    List<Path> newestFirst() {
        return list(path -> step(path).isPresent()).stream()
                .sorted(Comparator.comparingInt((Path path) -> step(path).orElseThrow())
                        .reversed())
                .toList();
    }

    /** Removes what a process that was killed left behind. */
    void removeLeftovers() {
        list(path -> LEFTOVER.matcher(path.getFileName().toString()).matches()).forEach(AtomicFiles::deleteTree);
    }

    /**
     * Removes all but the newest checkpoints up to a step. Those beyond it are kept and not counted: training went back to
     * before them because they are damaged.
     *
     * @param keep how many stay, at least 1
     */
    void removeOlder(int step, int keep) {
        newestFirst().stream()
                .filter(path -> step(path).orElseThrow() <= step)
                .skip(keep)
                .forEach(this::remove);
    }

    /** Removes a checkpoint if it exists. Half of it never exists under its name. */
    void remove(Path checkpoint) {
        if (!Files.exists(checkpoint)) {
            return;
        }
        var removing = root.resolve("." + checkpoint.getFileName() + ".removing");
        AtomicFiles.deleteTree(removing);
        try {
            Files.move(checkpoint, removing, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UserException("Cannot remove " + checkpoint + ": " + e + ". Is the folder writable?", e);
        }
        AtomicFiles.deleteTree(removing);
    }

    /** Steps done when a checkpoint was taken, by the name of its folder; empty if the name is not a checkpoint's. */
    static OptionalInt step(Path checkpoint) {
        var name = NAME.matcher(checkpoint.getFileName().toString());
        return name.matches() ? OptionalInt.of(Integer.parseInt(name.group(1))) : OptionalInt.empty();
    }

    private List<Path> list(Predicate<Path> which) {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (var entries = Files.list(root)) {
            return entries.filter(which).toList();
        } catch (IOException e) {
            throw new UserException("Cannot read " + root + ": " + e + ". Is the folder readable?", e);
        }
    }
}
