package dev.tandem.spark.rank;

import dev.tandem.UserException;
import dev.tandem.train.folder.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The output folder as rank 0's machine sees it.
 *
 * @param path the folder
 */
record RunFolder(Path path) {

    /** A file that shows other machines whether they see the same folder. */
    record Probe(Path file) implements AutoCloseable {
        @Override
        public void close() {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // it is empty and its name explains it
                return;
            }
        }
    }

    /** Writes a probe into the folder, which is created. @throws UserException if that is not possible */
    Probe probe() {
        new RunDirectory(path).create();
        try {
            return new Probe(Files.createFile(path.resolve(".tandem-probe-" + UUID.randomUUID())));
        } catch (IOException e) {
            throw new UserException("Cannot write into the output folder " + path + ": " + e.getMessage(), e);
        }
    }

    /**
     * Whether an earlier attempt left a checkpoint to resume from. If not, its files are removed, because the folder
     * was not used before it.
     */
    boolean goesOn() {
        var run = new RunDirectory(path);
        if (run.hasCheckpoint()) {
            return true;
        }
        run.forgetAttempt();
        return false;
    }
}
