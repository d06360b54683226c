package dev.tandem.experiment.compare;

import dev.tandem.UserException;
import dev.tandem.io.AtomicFiles;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeChanges;
import dev.tandem.recipe.RecipeChanges.Change;
import dev.tandem.recipe.RecipeChanges.Effect;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.recipe.Registry;
import dev.tandem.tensor.machine.PeakMemory;
import dev.tandem.train.checkpoint.CheckpointStore;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.run.TrainingRun;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finishes one run: skips it if it is done, resumes from its newest checkpoint if it has one, and otherwise starts it.
 */
final class RunExecutor {
    private final ComparisonFolder folder;
    private final boolean alone;
    private final Registry registry;
    private final ComparisonListener listener;
    private final BooleanSupplier stopRequested;

    /**
     * @param alone whether no other run works at the same time, so that the process' memory is this run's
     * @param registry what the recipes may name
     */
    RunExecutor(
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
     * The outcome of a run, if it is finished.
     *
     * @throws UserException if it was made by another recipe
     */
    Optional<RunOutcome> finished(ComparisonRun run, Recipe recipe) {
        requireSame(folder.run(run), recipe);
        return RunOutcome.read(folder.run(run), folder.memory(run));
    }

    /**
     * Trains.
     *
     * @throws CancellationException if it was asked to stop; the run has a checkpoint then
     * @throws UserException if the run cannot be done, or was begun by another recipe
     */
    RunOutcome train(ComparisonRun run, Recipe recipe) {
        var directory = folder.run(run);
        requireSame(directory, recipe);
        // a checkpoint without a recipe may be of any run
        var checkpoint = Optional.of(directory.checkpoints())
                .filter(folder -> Files.exists(directory.recipe()))
                .flatMap(CheckpointStore::newest);
        if (checkpoint.isEmpty()) {
            // begun, and killed before its first checkpoint: it begins again
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
        return RunOutcome.read(directory, folder.memory(run)).orElseThrow();
    }

    private TrainingListener recorder(ComparisonRun run) {
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

    /** Stores the peak memory. The largest of several parts of a run counts. */
    private void writePeak(ComparisonRun run, long bytes) {
        var before = RunOutcome.peak(folder.memory(run)).orElse(0);
        AtomicFiles.write(
                folder.memory(run),
                JsonMapper.shared().writeValueAsString(java.util.Map.of("peak_bytes", Math.max(bytes, before))) + "\n");
    }

    /** A finished run, or one that others were measured by, cannot get another length. */
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
