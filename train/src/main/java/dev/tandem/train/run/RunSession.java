package dev.tandem.train.run;

import dev.tandem.distributed.Collective;
import dev.tandem.io.AtomicFiles;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.tensor.Devices;
import dev.tandem.tensor.machine.MachineCheck;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.train.checkpoint.CheckpointStore;
import dev.tandem.train.cost.MemoryEstimate;
import dev.tandem.train.event.EvaluationEvent;
import dev.tandem.train.event.Listeners;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.loop.EarlyStopping;
import dev.tandem.train.loop.JointTrainer;
import dev.tandem.train.loop.ObjectiveTask;
import dev.tandem.train.loop.TrainerSettings;
import dev.tandem.train.loop.TrainingState;
import dev.tandem.train.optimizer.AdamW;
import dev.tandem.train.optimizer.LearningRate;
import dev.tandem.train.policy.Policy;
import dev.tandem.train.reference.ReferencePolicy;
import dev.tandem.train.reference.ReferenceScores;
import dev.tandem.train.track.TrackerContext;
import dev.tandem.train.track.WriteFailures;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Device;

/**
 * A run in progress: its policy, optimizer, data, checkpoints and files. The methods are called in the order in which they
 * appear here, {@link #restore} only by a run that is resumed.
 */
final class RunSession implements AutoCloseable {
    private final Recipe recipe;
    private final RunComponents parts;
    private final Collective ranks;
    private final TrainingListener listener;
    private final RunDirectory directory;
    private final Device device;
    private final Policy policy;
    private final RunData data;
    private final AdamW optimizer;
    private final CheckpointStore checkpoints;
    private final WriteFailures failures;

    private List<ObjectiveTask> tasks = List.of();
    private Optional<TrainingState> state = Optional.empty();
    private RunTrackers trackers;

    private RunSession(
            Recipe recipe,
            RunComponents parts,
            Collective ranks,
            TrainingListener listener,
            Device device,
            RunLoading.Loaded loaded) {
        this.recipe = recipe;
        this.parts = parts;
        this.ranks = ranks;
        this.listener = listener;
        this.device = device;
        this.directory = new RunDirectory(recipe.output());
        this.policy = loaded.policy();
        this.data = loaded.data();
        this.optimizer = new AdamW(policy.parameters(), recipe.optimizer(), device, ranks);
        this.checkpoints = new CheckpointStore(
                directory.checkpoints(),
                recipe.model(),
                policy,
                optimizer,
                recipe.train().keepCheckpoints());
        this.failures = new WriteFailures(recipe.train().onWriteFailure(), listener::onMessage);
        this.trackers = RunTrackers.none(failures);
    }

    /**
     * Loads policy and data.
     *
     * @param parts losses and method
     * @param ranks that train together; not closed with the session
     * @param listener is notified of everything that happens
     * @throws dev.tandem.UserException if the recipe's model or data are unusable
     */
    static RunSession open(Recipe recipe, RunComponents parts, Collective ranks, TrainingListener listener) {
        var device = Devices.of(recipe.train().device(), ranks.localRank());
        recipe.train().threads().ifPresent(NativeSetup::threads);
        warn(recipe, device, listener);
        var loaded = new RunLoading(recipe, device, ranks).load();
        try {
            loaded.messages().forEach(listener::onMessage);
            return new RunSession(recipe, parts, ranks, listener, device, loaded);
        } catch (RuntimeException | Error e) {
            loaded.policy().close();
            throw e;
        }
    }

    /** Reports a machine setup that makes training on its CPUs several times slower. This comes first. */
    private static void warn(Recipe recipe, Device device, TrainingListener listener) {
        if (device.is_cpu()) {
            var threads = recipe.train()
                    .threads()
                    .orElseGet(() -> Runtime.getRuntime().availableProcessors());
            MachineCheck.here().warnings(threads).forEach(listener::onMessage);
        }
    }

    /**
     * Describes the run and computes its reference log-probs.
     *
     * @param estimated receives what training will need, before much of it is allocated
     * @throws dev.tandem.UserException if policy and reference differ that must be the same
     */
    void prepare(Consumer<MemoryEstimate> estimated) {
        listener.onMessage(RunDescription.policy(recipe, policy));
        RunDescription.unusedRank(recipe, policy).ifPresent(listener::onMessage);
        parts.own().forEach(part -> listener.onMessage("The program's own " + part));
        var memory = RunDescription.memory(recipe, policy, data);
        estimated.accept(memory);
        listener.onMessage(RunDescription.memory(recipe, policy, memory));
        if (device.is_cpu()) {
            // weights and optimizer are allocated by now
            MachineCheck.here().memory(memory.activations() + memory.head()).ifPresent(listener::onMessage);
        }
        var reference = new ReferencePolicy(recipe, policy, device);
        var losses = parts.objectives();
        tasks = data.tasks(losses, ReferenceScores.of(recipe, losses.values(), reference, listener));
        checkMargins(reference);
    }

    private void checkMargins(ReferencePolicy reference) {
        if (reference.startsAsReference()) {
            tasks.stream()
                    .filter(task -> task.objective().needsReference())
                    .forEach(task -> InitialMarginCheck.require(
                            policy, task, recipe.train().precision()));
        }
    }

    /**
     * Restores the newest whole checkpoint.
     *
     * @throws dev.tandem.UserException if there is none, or it is beyond the recipe's last step
     */
    void restore() {
        var restored = checkpoints.restore(listener::onMessage);
        Resumption.requireSteps(restored, recipe);
        state = Optional.of(restored);
    }

    /**
     * Trains, records it and writes checkpoints.
     *
     * @param stopRequested asked after every step; true ends training with a checkpoint
     */
    TrainingResult train(BooleanSupplier stopRequested) {
        openTrackers();
        var trainer = new JointTrainer(
                policy,
                tasks,
                parts.method(),
                optimizer,
                LearningRate.of(recipe.optimizer(), recipe.train().steps()),
                settings(),
                new Listeners(List.of(
                        trackers,
                        listener,
                        new NeglectedObjectives(
                                recipe, state.map(TrainingState::step).orElse(0), this::message))));
        state.ifPresent(trainer::restore);
        return trainer.run(stopRequested);
    }

    /** The first rank records for all. */
    private void openTrackers() {
        if (ranks.isRankZero()) {
            AtomicFiles.write(directory.recipe(), parts.note() + RecipeReader.write(recipe));
            var run = state.map(s -> new TrackerContext(directory.root(), true, s.step(), s.evaluated()))
                    .orElseGet(() -> TrackerContext.ofNewRun(directory.root()));
            trackers = RunTrackers.open(recipe.trackers(), run, failures);
            if (!run.resumed()) {
                trackers.begin(data.report());
            }
        }
    }

    private TrainerSettings settings() {
        var train = recipe.train();
        var stopper = EarlyStopping.of(
                train.earlyStop(),
                tasks.stream().map(ObjectiveTask::name).toList(),
                tasks.stream().map(ObjectiveTask::optimum).toList());
        stopper.note().ifPresent(listener::onMessage);
        return new TrainerSettings(
                train.steps(),
                train.evaluateEvery(),
                train.evalBatchSize(),
                train.checkpointEvery(),
                train.seed(),
                train.maxConsecutiveSkips(),
                event -> stopper.reason(losses(event)),
                this::save,
                () -> CheckpointStore.newest(directory.checkpoints()).map(Path::toString));
    }

    /** An objective without an evaluation set counts as infinitely bad: nothing stops without a measurement. */
    private List<Double> losses(EvaluationEvent event) {
        return tasks.stream()
                .map(t -> event.losses().getOrDefault(t.name(), Double.POSITIVE_INFINITY))
                .toList();
    }

    private void save(TrainingState checkpoint) {
        if (failures.attempt(() -> checkpoints.save(checkpoint, trackers::force))) {
            message("Checkpoint written after step " + checkpoint.step());
        }
    }

    private void message(String text) {
        trackers.onMessage(text);
        listener.onMessage(text);
    }

    /** Writes the trained model, unless training was interrupted, and the run's summary. */
    void finish(TrainingResult result) {
        if (result.reason() != TrainingResult.Reason.INTERRUPTED) {
            FinalModel.write(directory.finalModel(), recipe, policy);
        }
        if (ranks.isRankZero()) {
            var summary = SummaryFile.content(recipe, result, failures.count(), policy.traffic());
            SummaryFile.write(directory.summary(), summary);
            trackers.end(summary);
        }
        policy.traffic().ifPresent(traffic -> listener.onMessage(RunDescription.exchanged(traffic)));
        trackers.close();
        if (ranks.size() > 1 && ranks.isRankZero()) {
            // a rank that still reads it keeps the files that it has open
            AtomicFiles.deleteTree(directory.ranksCache());
        }
    }

    @Override
    public void close() {
        try {
            trackers.close();
        } finally {
            optimizer.close();
            policy.close();
        }
    }
}
