package dev.tandem.train.folder;

import dev.tandem.UserException;
import dev.tandem.io.AtomicFiles;
import dev.tandem.train.checkpoint.CheckpointStore;
import dev.tandem.train.track.MetricNames;
import dev.tandem.train.track.TensorBoardTracker;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder of one run: {@code recipe.yaml} (resolved), {@code state.json}, {@code metrics.jsonl}, {@code log.jsonl},
 * {@code tensorboard/}, {@code checkpoints/step-N/}, {@code final/}, {@code summary.json}.
 *
 * @param root the folder
 */
public record RunDirectory(Path root) {

    /** The recipe as it was run, with every default. */
    public Path recipe() {
        return root.resolve("recipe.yaml");
    }

    /** One JSON object per step and evaluation. */
    public Path metrics() {
        return root.resolve(MetricNames.FILE);
    }

    /** The phase of the run and which process trains it; see {@link RunState}. */
    public Path state() {
        return root.resolve("state.json");
    }

    /** One JSON object per message to the user. */
    public Path log() {
        return root.resolve("log.jsonl");
    }

    /** TensorBoard's log directory. */
    public Path tensorBoard() {
        return root.resolve(TensorBoardTracker.FOLDER);
    }

    /** The folder of a rank other than the first: its log and state. */
    public RunDirectory ofRank(int rank) {
        return new RunDirectory(root.resolve("ranks").resolve(String.valueOf(rank)));
    }

    /** Tokenised data that ranks share for the length of a run that has no cache. */
    public Path ranksCache() {
        return root.resolve("ranks").resolve("cache");
    }

    /** Locked by the run that works here; see {@link RunLock}. */
    Path lock() {
        return root.resolve("lock");
    }

    /** Which process that is. */
    Path lockOwner() {
        return root.resolve("lock-owner.json");
    }

    /** Folder of all checkpoints. */
    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /** The trained model or adapter. */
    public Path finalModel() {
        return root.resolve("final");
    }

    /** How the run ended. */
    public Path summary() {
        return root.resolve("summary.json");
    }

    /**
     * Makes sure a new run does not overwrite another.
     *
     * @throws UserException if the folder already holds a run
     */
    public void requireUnused() {
        if (Files.exists(metrics()) || Files.exists(finalModel()) || Files.exists(checkpoints())) {
            throw new UserException(root + " already holds a run. Choose another output, remove it, or continue it with"
                    + " --resume.");
        }
    }

    /** Whether an earlier attempt left a checkpoint to continue from. Whether it is whole is not checked. */
    public boolean hasCheckpoint() {
        return CheckpointStore.newest(checkpoints()).isPresent();
    }

    /**
     * Removes the files of an attempt that ended before its first checkpoint, so that the run can begin again.
     *
     * @throws UserException if that is not possible
     */
    public void forgetAttempt() {
        if (hasCheckpoint()) {
            throw new IllegalStateException(root + " has a checkpoint");
        }
        try {
            Files.deleteIfExists(metrics());
            AtomicFiles.deleteTree(checkpoints());
        } catch (IOException e) {
            throw new UserException(
                    "Cannot remove what an attempt without a checkpoint left in " + root + ": " + e.getMessage(), e);
        }
    }

    /** Removes the folder if there is nothing in it. */
    void removeIfEmpty() throws IOException {
        try {
            Files.delete(root);
        } catch (DirectoryNotEmptyException e) {
            return;
        }
    }

    /** Creates the folder. @throws UserException if that is not possible */
    public void create() {
        try {
            Files.createDirectories(root);
        } catch (IOException e) {
            throw new UserException("Cannot create the output folder " + root + ": " + e.getMessage(), e);
        }
    }
}
