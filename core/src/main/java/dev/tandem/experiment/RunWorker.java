package dev.tandem.experiment;

import dev.tandem.AtomicFiles;
import dev.tandem.UserException;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeChanges;
import dev.tandem.recipe.RecipeChanges.Change;
import dev.tandem.recipe.RecipeChanges.Effect;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.recipe.Registry;
import dev.tandem.train.CheckpointStore;
import dev.tandem.train.PeakMemory;
import dev.tandem.train.RunDirectory;
import dev.tandem.train.StepEvent;
import dev.tandem.train.TrainingListener;
import dev.tandem.train.TrainingResult;
import dev.tandem.train.TrainingRun;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Brings one run to its end: skips it if it is there, goes on from its newest checkpoint if it has one, and otherwise
 * starts it.
 */
final class RunWorker {
    private final ComparisonFolder folder;
    private final boolean alone;
    private final Registry registry;
    private final ComparisonListener listener;
    private final BooleanSupplier stopRequested;

    /**
     * @param alone whether no other run works at the same time, so that the process' memory is this run's
     * @param registry what the recipes may name
     */
    RunWorker(
            ComparisonFolder folder,
            boolean alone,
            Registry registry,
            ComparisonListener listener,
            BooleanSupplier stopRequested) {
        this.registry = registry;
        this.folder = folder;
        this.alone = alone;
        this.listener = listener;
        this.stopRequested = stopRequested;
    }

    /**
     * What a run has left, if it has come to its end.
     *
     * @throws UserException if it was made by another recipe
     */
    Optional<FinishedRun> finished(PlannedRun run, Recipe recipe) {
        requireSame(folder.run(run), recipe);
        return FinishedRun.read(folder.run(run), folder.memory(run));
    }

    /**
     * Trains.
     *
     * @throws CancellationException if it was asked to stop; the run has a checkpoint then
     * @throws UserException if the run cannot be done, or was begun by another recipe
     */
    FinishedRun train(PlannedRun run, Recipe recipe) {
        var directory = folder.run(run);
        requireSame(directory, recipe);
        // a checkpoint that no recipe stands by may be of anything
        var checkpoint = Optional.of(directory.checkpoints())
                .filter(folder -> Files.exists(directory.recipe()))
                .flatMap(CheckpointStore::newest);
        if (checkpoint.isEmpty()) {
            // begun, and killed before its first checkpoint: it begins anew
            AtomicFiles.deleteTree(directory.root());
        }
        listener.onRunStart(run, checkpoint.map(CheckpointStore::steps).orElse(0));
        TrainingResult result;
        try (var memory = PeakMemory.ofNewWork()) {
            result = new TrainingRun(recipe, checkpoint.isPresent())
                    .withRegistry(registry)
                    .train(recorder(run), stopRequested);
            if (alone) {
                memory.bytes().ifPresent(bytes -> writePeak(run, bytes));
            }
        }
        if (result.reason() == TrainingResult.Reason.INTERRUPTED) {
            throw new CancellationException("the comparison was stopped");
        }
        // a run that is done is never resumed
        AtomicFiles.deleteTree(directory.checkpoints());
        return FinishedRun.read(directory, folder.memory(run)).orElseThrow();
    }

    private TrainingListener recorder(PlannedRun run) {
        return new TrainingListener() {
            @Override
            public void onStep(StepEvent event) {
                synchronized (listener) {
                    listener.onStep(run, event);
                }
            }

            @Override
            public void onProgress(String what, long done, long total) {
                synchronized (listener) {
                    listener.onProgress(run.name() + ": " + what, done, total);
                }
            }
        };
    }

    /** Of several parts of a run, the largest counts. */
    private void writePeak(PlannedRun run, long bytes) {
        var before = FinishedRun.peak(folder.memory(run)).orElse(0);
        AtomicFiles.write(
                folder.memory(run),
                JsonMapper.shared().writeValueAsString(java.util.Map.of("peak_bytes", Math.max(bytes, before))) + "\n");
    }

    /** What has ended, and what others were measured by, cannot end elsewhere. */
    private void requireSame(RunDirectory directory, Recipe recipe) {
        if (!Files.exists(directory.recipe())) {
            return;
        }
        var there = RecipeReader.read(directory.recipe(), List.of(), registry);
        var changed = RecipeChanges.between(there, recipe).of(Effect.ANOTHER_END, Effect.ANOTHER_RUN);
        if (!changed.isEmpty()) {
            throw new UserException(directory.recipe() + ": this run was made by another recipe ("
                    + changed.stream().map(Change::toString).collect(Collectors.joining("; "))
                    + "). Choose another output for this comparison, or remove the run's folder to have it run again.");
        }
    }
}
