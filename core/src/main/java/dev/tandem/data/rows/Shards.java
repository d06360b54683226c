package dev.tandem.data.rows;

import dev.tandem.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of a folder of shards, as Spark and others write them. Names that begin with a dot or an underscore belong
 * to the writer ({@code _SUCCESS}, checksums) and are not shards.
 */
final class Shards {
    private static final String UNFINISHED = "_temporary";
    private static final String FINISHED = "_SUCCESS";

    private Shards() {}

    /**
     * The shards of a folder in the order of their names; for any other path, the path itself.
     *
     * @throws UserException if the folder cannot be read, is still being written, or contains folders or no files
     */
    static List<Path> of(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        var name = Printable.escaped(path.toString());
        if (Files.exists(path.resolve(UNFINISHED)) && !Files.exists(path.resolve(FINISHED))) {
            throw new UserException(name + " is still being written, or its writer was stopped: it holds " + UNFINISHED
                    + " and no " + FINISHED + ". Wait for it, or write it again.");
        }
        var shards = files(path, name);
        if (shards.isEmpty()) {
            throw new UserException(name + " is a folder without files of rows. Check that it is the right one.");
        }
        return shards;
    }

    private static List<Path> files(Path folder, String name) {
        try (var entries = Files.list(folder)) {
            var shards = new ArrayList<Path>();
            for (var entry : entries.sorted().toList()) {
                var entryName = entry.getFileName().toString();
                if (entryName.startsWith("_") || entryName.startsWith(".")) {
                    continue;
                }
                if (Files.isDirectory(entry)) {
                    throw new UserException(name + " holds the folder " + Printable.escaped(entryName)
                            + ". A folder given as data holds files of rows only: name that folder, or the files.");
                }
                if (!isEmptyShard(entry)) {
                    shards.add(entry);
                }
            }
            return shards;
        } catch (IOException e) {
            throw new UserException(name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Whether a file is a partition without rows in a folder that is known to be complete; elsewhere an empty file was
     * cut.
     */
    private static boolean isEmptyShard(Path file) throws IOException {
        return Files.size(file) == 0 && Files.exists(file.resolveSibling(FINISHED));
    }
}
