package dev.tandem.train;

import dev.tandem.AtomicFiles;
import dev.tandem.UserException;
import dev.tandem.data.Together;
import dev.tandem.distributed.Collective;
import dev.tandem.method.Method;
import dev.tandem.method.Methods;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.tensor.Devices;
import dev.tandem.tensor.MachineCheck;
import dev.tandem.tensor.NativeSetup;
import java.nio.file.Path;
import java.time.Clock;
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
         */
        Method create(List<String> names, double[] optima);
    }

    private final Recipe recipe;
    private final boolean resume;
    private final Collective ranks;

    /** The run's folder, which the first rank writes. */
    private final RunDirectory directory;

    /** This rank's own: the same for the first. */
    private final RunDirectory own;

    private final MethodFactory methods;

    /**
     * A run by the recipe's own method.
     *
     * @param resume continue from the newest checkpoint of the recipe's output folder
     */
    public TrainingRun(Recipe recipe, boolean resume) {
        this(recipe, resume, Collective.alone());
    }

    /**
     * A run by the recipe's own method, by several ranks together: each computes a share of every batch. The first writes the
     * run's folder, which all must see; the others write a log each into {@code ranks/<rank>}.
     *
     * @param resume continue from the newest checkpoint of the recipe's output folder
     * @param ranks not closed with the run
     */
    public TrainingRun(Recipe recipe, boolean resume, Collective ranks) {
        this(
                recipe,
                resume,
                ranks,
                (names, optima) -> Methods.of(
                        recipe.method(),
                        names,
                        optima,
                        recipe.train().steps(),
                        Seeds.of(recipe.train().seed(), "method")));
    }

    /**
     * A run by a method of your own.
     *
     * @param resume continue from the newest checkpoint of the recipe's output folder
     * @param methods makes the method; the recipe's own method section is not used
     */
    public TrainingRun(Recipe recipe, boolean resume, MethodFactory methods) {
        this(recipe, resume, Collective.alone(), methods);
    }

    /**
     * A run by a method of your own, by several ranks together.
     *
     * @param resume continue from the newest checkpoint of the recipe's output folder
     * @param ranks not closed with the run
     * @param methods makes the method, the same on every rank
     */
    public TrainingRun(Recipe recipe, boolean resume, Collective ranks, MethodFactory methods) {
        this.ranks = ranks;
        this.recipe = recipe;
        this.resume = resume;
        this.methods = methods;
        this.directory = new RunDirectory(recipe.output());
        this.own = ranks.first() ? directory : directory.ofRank(ranks.rank());
    }

    /**
     * Trains.
     *
     * @param listener hears of everything that happens; the run's own files are written besides
     * @param stopRequested asked after every step; true ends the run with a checkpoint
     * @throws UserException if recipe, data or model are unusable; nothing was overwritten then
     */
    public TrainingResult train(TrainingListener listener, BooleanSupplier stopRequested) {
        NativeSetup.ensure();
        var estimate = new AtomicReference<>(Optional.<MemoryEstimate>empty());
        try (var log = new RunLog(Clock.systemUTC(), recipe.train().onFullDisk())) {
            var both = new Listeners(List.of(log, listener));
            try (var lock = RunLock.take(own, recipe.train().steps(), both::onMessage)) {
                if (resume) {
                    Resumption.check(directory, recipe, both::onMessage);
                } else if (ranks.first()) {
                    directory.requireUnused();
                }
                return OutOfMemory.explained(recipe, estimate::get, () -> train(log, both, estimate, stopRequested));
            }
        }
    }

    private TrainingResult train(
            RunLog log,
            TrainingListener listener,
            AtomicReference<Optional<MemoryEstimate>> estimate,
            BooleanSupplier stopRequested) {
        var device = Devices.of(recipe.train().device());
        recipe.train().threads().ifPresent(NativeSetup::threads);
        warn(device, listener);
        var messages = new ArrayList<String>();
        var loading = Together.start("data", () -> RunData.load(recipe, messages::add));
        try (var policy = policy(device, loading);
                var optimizer = new AdamW(policy.parameters(), recipe.optimizer(), device)) {
            var data = loading.get();
            messages.forEach(listener::onMessage);
            listener.onMessage(RunDescription.policy(recipe, policy));
            var memory = RunDescription.memory(recipe, policy, data);
            estimate.set(Optional.of(memory));
            listener.onMessage("Memory estimate: " + memory);
            if (device.is_cpu()) {
                // weights and optimizer are there by now
                MachineCheck.here().memory(memory.activations() + memory.head()).ifPresent(listener::onMessage);
            }
            var reference = new ReferencePolicy(recipe, policy, device);
            var tasks = tasks(data, reference, listener);
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
            log.open(own.log(), resume);
            return RunStateFile.during(
                    own.state(),
                    recipe.train().steps(),
                    () -> ranks.first()
                            ? trained(policy, optimizer, tasks, checkpoints, state, data, listener, stopRequested)
                            : helped(policy, optimizer, tasks, state, listener, stopRequested));
        }
    }

    /** The first rank computes what the cache lacks; the others find it there. */
    private List<Task> tasks(RunData data, ReferencePolicy reference, TrainingListener listener) {
        if (!ranks.first()) {
            ranks.barrier("waiting for the reference's log-probs");
        }
        var tasks = data.tasks(ReferenceScores.of(recipe, reference, listener));
        if (ranks.first()) {
            ranks.barrier("waiting for the reference's log-probs");
        }
        return tasks;
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

    /** The policy, loaded while the data is; both are there on return. When both are unusable, the data is what the user hears of. */
    private Policy policy(Device device, Together.Task<RunData> loading) {
        Policy policy;
        try {
            policy = new PolicyFactory(recipe, device, ranks).create();
        } catch (RuntimeException | Error e) {
            loading.get();
            throw e;
        }
        try {
            loading.get();
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
            List<Task> tasks,
            CheckpointStore checkpoints,
            Optional<TrainingState> state,
            RunData data,
            TrainingListener listener,
            BooleanSupplier stopRequested) {
        AtomicFiles.write(directory.recipe(), RecipeReader.write(recipe));
        var failures = new WriteFailures(recipe.train().onFullDisk(), listener::onMessage);
        try (var files = new RunFiles(directory, data.report(), state, failures)) {
            var both = new Listeners(List.of(files, listener));
            var trainer = trainer(
                    policy,
                    optimizer,
                    tasks,
                    state,
                    both,
                    checkpoint -> save(checkpoint, checkpoints, files, failures, both));
            var result = trainer.run(stopRequested);
            if (result.reason() != TrainingResult.Reason.INTERRUPTED) {
                FinalModel.write(directory.finalModel(), recipe, policy);
            }
            files.summary(recipe, result);
            return result;
        }
    }

    /** The same steps on another rank, without files. */
    private TrainingResult helped(
            Policy policy,
            AdamW optimizer,
            List<Task> tasks,
            Optional<TrainingState> state,
            TrainingListener listener,
            BooleanSupplier stopRequested) {
        return trainer(policy, optimizer, tasks, state, listener, checkpoint -> {})
                .run(stopRequested);
    }

    private JointTrainer trainer(
            Policy policy,
            AdamW optimizer,
            List<Task> tasks,
            Optional<TrainingState> state,
            TrainingListener listener,
            Consumer<TrainingState> checkpoint) {
        var trainer = new JointTrainer(
                policy,
                tasks,
                method(tasks),
                optimizer,
                LearningRate.of(recipe.optimizer(), recipe.train().steps()),
                settings(tasks, checkpoint),
                listener);
        state.ifPresent(trainer::restore);
        return trainer;
    }

    private static void save(
            TrainingState state,
            CheckpointStore checkpoints,
            RunFiles files,
            WriteFailures failures,
            TrainingListener listener) {
        var written = failures.attempt(() -> {
            files.force();
            checkpoints.save(state);
        });
        if (written) {
            listener.onMessage("Checkpoint written after step " + state.step());
        }
    }

    private Method method(List<Task> tasks) {
        return methods.create(
                tasks.stream().map(Task::name).toList(),
                tasks.stream().mapToDouble(Task::optimum).toArray());
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
