package dev.tandem.train.checkpoint;

import dev.tandem.UserException;
import dev.tandem.distributed.Collective;
import dev.tandem.io.AtomicFiles;
import dev.tandem.model.checkpoint.ModelWriter;
import dev.tandem.train.loop.TrainingState;
import dev.tandem.train.optimizer.AdamW;
import dev.tandem.train.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import tools.jackson.core.JacksonException;

/**
 * Checkpoints of a run, one folder {@code checkpoints/step-N} each. A folder is written under a temporary name, forced to
 * the disk and renamed when it is whole; before one is read, every file is compared with its manifest.
 *
 * <p>It holds, of each rank, {@code shard-R-of-N.safetensors} (a share of the trained parameters and of both moments, float32,
 * see {@link CheckpointShard}), {@code state.json} (a {@link SavedState}), with LoRA the adapter in its usual format, so that a
 * checkpoint can be used like a finished run, and {@code manifest.json} (a {@link CheckpointManifest}). Ranks write at the same
 * time; any number of ranks can resume from it.
 */
public final class CheckpointStore {
    private final CheckpointFolder folder;
    private final Path baseModel;
    private final Policy policy;
    private final CheckpointShards shards;
    private final Collective ranks;
    private final int keep;

    /**
     * @param directory folder of all checkpoints of the run
     * @param baseModel model directory the policy started from
     * @param keep newest checkpoints that are kept, at least 1
     */
    public CheckpointStore(Path directory, Path baseModel, Policy policy, AdamW optimizer, int keep) {
        this.folder = new CheckpointFolder(directory);
        this.baseModel = baseModel;
        this.policy = policy;
        this.shards = new CheckpointShards(policy.parameters(), optimizer);
        this.ranks = policy.ranks();
        this.keep = keep;
    }

    /**
     * Writes a checkpoint, every rank its share at the same time, and then removes those that are older than the ones to keep.
     *
     * @param before runs first, on the first rank; its failure fails the checkpoint
     * @throws UserException on every rank, if one cannot write; older checkpoints are untouched then, and nothing of the
     *     new one exists
     */
    public void save(TrainingState state, Runnable before) {
        var temporary = folder.writing(state.step());
        together(state, () -> {
            if (ranks.isRankZero()) {
                before.run();
                folder.removeLeftovers();
                Files.createDirectories(temporary);
            }
        });
        together(state, () -> writeShare(temporary));
        together(state, () -> {
            if (ranks.isRankZero()) {
                AtomicFiles.write(temporary.resolve(SavedState.FILE), SavedState.json(state));
                CheckpointManifest.write(temporary, ranks.size());
                folder.remove(folder.of(state.step()));
                AtomicFiles.publish(temporary, folder.of(state.step()));
                folder.removeOlder(state.step(), keep);
            }
        });
    }

    private interface Writing {
        void run() throws IOException;
    }

    /** Fails on all ranks if it fails on one, so that none continues and waits for the others. */
    private void together(TrainingState state, Writing writing) {
        Optional<Exception> failure = Optional.empty();
        try {
            writing.run();
        } catch (IOException | UserException e) {
            failure = Optional.of(e);
        }
        if (!ranks.anyRank(failure.isPresent())) {
            return;
        }
        var cause = failure.orElseGet(() -> new IOException("another rank could not write, whose log says why"));
        if (ranks.isRankZero()) {
            discard(folder.writing(state.step()), cause);
        }
        throw new UserException(
                "Cannot write checkpoint " + folder.of(state.step()) + ": " + cause.getMessage()
                        + ". Earlier checkpoints are untouched. Free space on the disk, then continue with --resume.",
                cause);
    }

    private void writeShare(Path temporary) throws IOException {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            shards.write(temporary);
            if (policy.adapter().isPresent()) {
                var adapter = policy.wholeAdapter();
                if (ranks.isRankZero()) {
                    ModelWriter.writeAdapter(temporary.resolve("adapter"), adapter, baseModel.toString());
                }
            }
        }
        CheckpointManifest.writePart(temporary, ranks.rank(), CheckpointShard.files(ranks.rank(), ranks.size()));
    }

    private static void discard(Path temporary, Exception cause) {
        try {
            AtomicFiles.deleteTree(temporary);
        } catch (UserException e) {
            cause.addSuppressed(e); // a leftover is removed when the next checkpoint is written
        }
    }

    /** The newest checkpoint, by its name, in a run's folder of checkpoints, if there is one. Its files are not checked. */
    public static Optional<Path> newest(Path directory) {
        return new CheckpointFolder(directory).newestFirst().stream().findFirst();
    }

    /**
     * Restores parameters and optimizer from the newest checkpoint that is whole. Ranks share the work of checking it.
     *
     * @param messages receives which checkpoint it is, and what is wrong with newer ones
     * @return where training was
     * @throws UserException if there is no whole checkpoint, or it does not fit the recipe's policy
     */
    public TrainingState restore(Consumer<String> messages) {
        var problems = new ArrayList<String>();
        for (var step : steps()) {
            var checkpoint = folder.of(step);
            var problem = CheckpointManifest.problem(checkpoint, List.of(SavedState.FILE), ranks.rank(), ranks.size());
            if (!ranks.anyRank(problem.isPresent())) {
                problems.forEach(p -> messages.accept("Warning: " + p + ". Going back to the one before."));
                messages.accept("Resuming from " + checkpoint);
                return restore(checkpoint);
            }
            problems.add("checkpoint " + checkpoint + " cannot be used: "
                    + problem.orElse("another rank, whose log says more, found it damaged"));
        }
        throw new UserException("No checkpoint in " + folder.root() + " can be used: " + String.join("; ", problems)
                + ". Restore one from a copy, or remove the run's folder and start again.");
    }

    /** Steps of the existing checkpoints as the first rank sees them, the newest first: ranks must try the same ones. */
    private List<Integer> steps() {
        var here = ranks.isRankZero()
                ? folder.newestFirst().stream().map(CheckpointStore::steps).toList()
                : List.<Integer>of();
        var count = (int) ranks.allReduce(new double[] {here.size()})[0];
        var all = new double[count];
        for (var i = 0; i < here.size(); i++) {
            all[i] = here.get(i);
        }
        var result = new ArrayList<Integer>();
        for (var step : count == 0 ? all : ranks.allReduce(all)) {
            result.add((int) step);
        }
        return result;
    }

    private TrainingState restore(Path checkpoint) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            shards.read(checkpoint);
            policy.allGatherUpdates();
            return SavedState.read(checkpoint);
        } catch (JacksonException e) {
            throw new UserException("Cannot read checkpoint " + checkpoint + ": " + e.getOriginalMessage(), e);
        }
    }

    /** Steps done when a checkpoint was taken, by the name of its folder. */
    public static int steps(Path checkpoint) {
        return CheckpointFolder.step(checkpoint).orElseThrow();
    }
}
