package dev.tandem.train;

import dev.tandem.AtomicFiles;
import dev.tandem.UserException;
import dev.tandem.data.Together;
import dev.tandem.distributed.Collective;
import dev.tandem.method.Method;
import dev.tandem.objective.Objective;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.tensor.Devices;
import dev.tandem.tensor.MachineCheck;
import dev.tandem.tensor.NativeSetup;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Device;

/**
 * One run of a recipe, from files to files: data, policy, reference log-probs, training, final model.
 *
 * <pre>{@code
 * var recipe = RecipeReader.read(Path.of("recipe.yaml"), List.of());
 * var result = new TrainingRun(recipe, false).train(listener, () -> false);
 * }</pre>
 */
public final class TrainingRun {
    /** Makes a run's method. */
    @FunctionalInterface
    public interface MethodFactory {

        /**
         * Makes a method for objectives.
         *
         * @param names objectives in the order the method numbers them
         * @param optima f* of each
         * @return a method that has planned no step yet
         */
        Method create(List<String> names, double[] optima);
    }

    /** How often the other ranks are looked at while this one loads. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Recipe recipe;
    private final boolean resume;
    private final Collective ranks;

    /** The run's folder, which the first rank writes. */
    private final RunDirectory directory;

    /** This rank's own: the same for the first. */
    private final RunDirectory ofRank;

    private final OwnParts own;

    /**
     * A run as the recipe describes it.
     *
     * @param recipe data, model, objectives, method and output
     * @param resume continue from the newest checkpoint of the recipe's output folder
     */
    public TrainingRun(Recipe recipe, boolean resume) {
        this(recipe, resume, OwnParts.NONE, Collective.alone());
    }

    private TrainingRun(Recipe recipe, boolean resume, OwnParts own, Collective ranks) {
        this.recipe = recipe;
        this.resume = resume;
        this.own = own;
        this.ranks = ranks;
        this.directory = new RunDirectory(recipe.output());
        this.ofRank = ranks.first() ? directory : directory.ofRank(ranks.rank());
    }

    /**
     * The same run with a loss of your own in place of one of the recipe's.
     *
     * @param name one of the recipe's objectives: its data, batches and f* are used; its {@code loss} only says whether
     *     rows are read as single responses ({@code sft}) or as pairs (all others), which must be what the objective takes
     * @param objective the loss; a run is resumed with the same one, which is known by its class
     * @return a new run; this one is as it was
     */
    public TrainingRun withObjective(String name, Objective objective) {
        return new TrainingRun(recipe, resume, own.with(name, objective), ranks);
    }

    /**
     * The same run with a method of your own; the recipe's method section is not used.
     *
     * @param method makes the method; a run is resumed with the same one, which is known by its class
     * @return a new run; this one is as it was
     */
    public TrainingRun withMethod(MethodFactory method) {
        return new TrainingRun(recipe, resume, own.with(method), ranks);
    }

    /**
     * The same run by several ranks together: each computes a share of every batch. The first writes the run's folder, which
     * all must see; the others write a log each into {@code ranks/<rank>}.
     *
     * @param newRanks not closed with the run; every rank must have the same recipe, objectives and method
     * @return a new run; this one is as it was
     */
    public TrainingRun withRanks(Collective newRanks) {
        return new TrainingRun(recipe, resume, own, newRanks);
    }

    /**
     * Trains.
     *
     * @param listener hears of everything that happens; the run's own files are written besides
     * @param stopRequested asked after every step; true ends the run with a checkpoint
     * @return how it ended, with the first and the last evaluation
     * @throws UserException if recipe, data or model are unusable; nothing was overwritten then
     */
    public TrainingResult train(TrainingListener listener, BooleanSupplier stopRequested) {
        NativeSetup.ensure();
        var parts = own.of(recipe);
        var estimate = new AtomicReference<>(Optional.<MemoryEstimate>empty());
        try (var log = new RunLog(Clock.systemUTC(), recipe.train().onFullDisk())) {
            var both = new Listeners(List.of(log, listener, new RankProgress(ranks)));
            ranks.onWaiting(both::onMessage);
            ranks.at("loading its model and data");
            try (var lock = RunLock.take(ofRank, recipe.train().steps(), both::onMessage)) {
                if (resume) {
                    Resumption.check(directory, recipe, parts.own(), both::onMessage);
                } else if (ranks.first()) {
                    directory.requireUnused();
                }
                return OutOfMemory.explained(
                        recipe, estimate::get, () -> train(parts, log, both, estimate, stopRequested));
            }
        }
    }

    private TrainingResult train(
            RunParts parts,
            RunLog log,
            TrainingListener listener,
            AtomicReference<Optional<MemoryEstimate>> estimate,
            BooleanSupplier stopRequested) {
        var device = Devices.of(recipe.train().device(), ranks.localRank());
        recipe.train().threads().ifPresent(NativeSetup::threads);
        warn(device, listener);
        var messages = new ArrayList<String>();
        var loading = Together.start("data", () -> RunData.load(recipe, cache(), messages::add));
        try (var policy = policy(device, loading);
                var optimizer = new AdamW(policy.parameters(), recipe.optimizer(), device, ranks)) {
            var data = loading.get();
            messages.forEach(listener::onMessage);
            listener.onMessage(RunDescription.policy(recipe, policy));
            parts.own().forEach(part -> listener.onMessage("The program's own " + part));
            var memory = RunDescription.memory(recipe, policy, data);
            estimate.set(Optional.of(memory));
            listener.onMessage(RunDescription.memory(policy, memory));
            if (device.is_cpu()) {
                // weights and optimizer are there by now
                MachineCheck.here().memory(memory.activations() + memory.head()).ifPresent(listener::onMessage);
            }
            var reference = new ReferencePolicy(recipe, policy, device);
            var tasks = data.tasks(
                    parts.objectives(),
                    ReferenceScores.of(recipe, parts.objectives().values(), reference, listener));
            checkMargins(policy, tasks, reference);
            var checkpoints = new CheckpointStore(
                    directory.checkpoints(),
                    recipe.model(),
                    policy,
                    optimizer,
                    recipe.train().keepCheckpoints());
            var state =
                    resume ? Optional.of(checkpoints.restore(listener::onMessage)) : Optional.<TrainingState>empty();
            state.ifPresent(s -> Resumption.requireSteps(s, recipe));
            log.open(ofRank.log(), resume);
            var result = RunStateFile.during(
                    ofRank.state(),
                    recipe.train().steps(),
                    () -> trained(policy, optimizer, parts, tasks, checkpoints, state, data, listener, stopRequested));
            removeRanksCache();
            return result;
        }
    }

    /** A machine that is badly set up makes training on its CPUs several times slower: that is said first. */
    private void warn(Device device, TrainingListener listener) {
        if (device.is_cpu()) {
            var threads = recipe.train()
                    .threads()
                    .orElseGet(() -> Runtime.getRuntime().availableProcessors());
            MachineCheck.here().warnings(threads).forEach(listener::onMessage);
        }
    }

    /** Where tokenised data is kept: ranks make it once for all of them, and hold no more of it in memory than they read. */
    private Optional<Path> cache() {
        return recipe.cache().or(() -> Optional.of(directory.ranksCache()).filter(folder -> ranks.size() > 1));
    }

    /** What is read of it is there also when its name is gone. */
    private void removeRanksCache() {
        if (ranks.size() > 1 && ranks.first()) {
            AtomicFiles.deleteTree(directory.ranksCache());
        }
    }

    /**
     * Waits for the data. What another rank tokenises is waited for, so it must be alive.
     *
     * @throws dev.tandem.distributed.RankLostException if another rank is lost meanwhile
     */
    private RunData loaded(Together.Task<RunData> loading) {
        while (!loading.within(LOOK)) {
            ranks.check();
        }
        return loading.get();
    }

    /** The policy, loaded while the data is; both are there on return. When both are unusable, the data is what the user hears of. */
    private Policy policy(Device device, Together.Task<RunData> loading) {
        Policy policy;
        try {
            policy = new PolicyFactory(recipe, device, ranks).create();
        } catch (RuntimeException | Error e) {
            loaded(loading);
            throw e;
        }
        try {
            loaded(loading);
            ranks.at("at its preparations");
            return policy;
        } catch (RuntimeException | Error e) {
            policy.close();
            throw e;
        }
    }

    private void checkMargins(Policy policy, List<Task> tasks, ReferencePolicy reference) {
        if (reference.startsAsReference()) {
            tasks.stream()
                    .filter(task -> task.objective().needsReference())
                    .forEach(task ->
                            MarginCheck.require(policy, task, recipe.train().precision()));
        }
    }

    private TrainingResult trained(
            Policy policy,
            AdamW optimizer,
            RunParts parts,
            List<Task> tasks,
            CheckpointStore checkpoints,
            Optional<TrainingState> state,
            RunData data,
            TrainingListener listener,
            BooleanSupplier stopRequested) {
        var failures = new WriteFailures(recipe.train().onFullDisk(), listener::onMessage);
        try (var files = files(parts, data, state, failures)) {
            var both = new Listeners(List.of(files, listener));
            Consumer<TrainingState> save = checkpoint -> save(checkpoint, checkpoints, files, failures, both);
            var trainer = trainer(policy, optimizer, parts, tasks, state, both, save);
            var result = trainer.run(stopRequested);
            if (result.reason() != TrainingResult.Reason.INTERRUPTED) {
                FinalModel.write(directory.finalModel(), recipe, policy);
            }
            files.summary(recipe, result, policy.traffic());
            policy.traffic().ifPresent(traffic -> listener.onMessage(RunDescription.exchanged(traffic)));
            return result;
        }
    }

    /** The run's files, which the first rank writes. */
    private RunRecord files(RunParts parts, RunData data, Optional<TrainingState> state, WriteFailures failures) {
        if (!ranks.first()) {
            return RunRecord.none();
        }
        AtomicFiles.write(directory.recipe(), parts.note() + RecipeReader.write(recipe));
        return new RunFiles(directory, data.report(), state, failures);
    }

    private JointTrainer trainer(
            Policy policy,
            AdamW optimizer,
            RunParts parts,
            List<Task> tasks,
            Optional<TrainingState> state,
            TrainingListener listener,
            Consumer<TrainingState> save) {
        var trainer = new JointTrainer(
                policy,
                tasks,
                parts.method(),
                optimizer,
                LearningRate.of(recipe.optimizer(), recipe.train().steps()),
                settings(tasks, save),
                listener);
        state.ifPresent(trainer::restore);
        return trainer;
    }

    private static void save(
            TrainingState state,
            CheckpointStore checkpoints,
            RunRecord files,
            WriteFailures failures,
            TrainingListener listener) {
        var written = failures.attempt(() -> checkpoints.save(state, files::force));
        if (written) {
            listener.onMessage("Checkpoint written after step " + state.step());
        }
    }

    private TrainerSettings settings(List<Task> tasks, Consumer<TrainingState> checkpoint) {
        var train = recipe.train();
        var stopper = EarlyStopping.of(
                train.earlyStop(),
                tasks.stream().map(Task::name).toList(),
                tasks.stream().map(Task::optimum).toList());
        return new TrainerSettings(
                train.steps(),
                train.evaluateEvery(),
                train.evalBatchSize(),
                train.checkpointEvery(),
                train.seed(),
                train.maxSkippedSteps(),
                event -> stopper.reason(losses(tasks, event)),
                checkpoint,
                () -> CheckpointStore.newest(directory.checkpoints()).map(Path::toString));
    }

    /** An objective without an evaluation set counts as infinitely bad: nothing stops without a measurement. */
    private static List<Double> losses(List<Task> tasks, EvaluationEvent event) {
        return tasks.stream()
                .map(t -> event.losses().getOrDefault(t.name(), Double.POSITIVE_INFINITY))
                .toList();
    }
}
