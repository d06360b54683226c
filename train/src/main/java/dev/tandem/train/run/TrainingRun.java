package dev.tandem.train.run;

import dev.tandem.UserException;
import dev.tandem.distributed.Collective;
import dev.tandem.method.Method;
import dev.tandem.objective.Objective;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.Registry;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.train.cost.MemoryEstimate;
import dev.tandem.train.event.Listeners;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.folder.RunLock;
import dev.tandem.train.folder.RunStateFile;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

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

    private final Recipe recipe;
    private final boolean resume;
    private final Collective ranks;

    /** The run's folder, which the first rank writes. */
    private final RunDirectory directory;

    /** This rank's folder, which for the first rank is the run's. */
    private final RunDirectory ofRank;

    private final RunOverrides own;

    /**
     * A run as the recipe describes it.
     *
     * @param recipe data, model, objectives, method and output
     * @param resume continue from the newest checkpoint of the recipe's output folder
     */
    public TrainingRun(Recipe recipe, boolean resume) {
        this(recipe, resume, RunOverrides.NONE, Collective.single());
    }

    private TrainingRun(Recipe recipe, boolean resume, RunOverrides own, Collective ranks) {
        this.recipe = recipe;
        this.resume = resume;
        this.own = own;
        this.ranks = ranks;
        this.directory = new RunDirectory(recipe.output());
        this.ofRank = ranks.isRankZero() ? directory : directory.ofRank(ranks.rank());
    }

    /**
     * This run with a loss of your own in place of one of the recipe's.
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
     * This run with a method of your own; the recipe's method section is not used.
     *
     * @param method makes the method; a run is resumed with the same one, which is known by its class
     * @return a new run; this one is as it was
     */
    public TrainingRun withMethod(MethodFactory method) {
        return new TrainingRun(recipe, resume, own.with(method), ranks);
    }

    /**
     * This run with a registry, for a recipe that names what a program has added to Tandem.
     *
     * @param registry the one that the recipe was read with: a run that is resumed reads the recipe of its folder
     * @return a new run; this one is as it was
     */
    public TrainingRun withRegistry(Registry registry) {
        return new TrainingRun(recipe, resume, own.with(registry), ranks);
    }

    /**
     * This run by several ranks together: each computes a share of every batch. The first writes the run's folder, which
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
     * @param listener is notified of everything that happens; the run's own files are written as well
     * @param stopRequested asked after every step; true ends the run with a checkpoint
     * @return how it ended, with the first and the last evaluation
     * @throws UserException if recipe, data or model are unusable; nothing was overwritten then
     */
    public TrainingResult train(TrainingListener listener, BooleanSupplier stopRequested) {
        NativeSetup.ensure();
        var parts = own.of(recipe);
        var estimate = new AtomicReference<>(Optional.<MemoryEstimate>empty());
        try (var log = new RunLog(Clock.systemUTC(), recipe.train().onWriteFailure())) {
            var both = new Listeners(List.of(log, listener, new ActivityReporter(ranks)));
            ranks.onLongWait(both::onMessage);
            ranks.reportActivity("loading its model and data");
            try (var lock = RunLock.take(ofRank, recipe.train().steps(), both::onMessage)) {
                if (resume) {
                    Resumption.check(directory, recipe, own.registry(), parts.own(), both::onMessage);
                } else {
                    own.requireOptima(recipe);
                    if (ranks.isRankZero()) {
                        directory.requireUnused();
                    }
                }
                return OutOfMemoryAdvice.explained(recipe, estimate::get, () -> {
                    try (var session = RunSession.open(recipe, parts, ranks, both)) {
                        session.prepare(memory -> estimate.set(Optional.of(memory)));
                        if (resume) {
                            session.restore();
                        }
                        log.open(ofRank.log(), resume);
                        return RunStateFile.during(
                                ofRank.state(), recipe.train().steps(), () -> {
                                    var result = session.train(stopRequested);
                                    session.finish(result);
                                    return result;
                                });
                    }
                });
            }
        }
    }

    /** Reports to the other ranks what this one does, so that they can say which rank they wait for. */
    private record ActivityReporter(Collective ranks) implements TrainingListener {
        @Override
        public void onStep(StepEvent event) {
            // events count from 0, and the next step is the one it may be stuck in
            ranks.reportActivity("in step " + (event.step() + 2));
        }

        @Override
        public void onProgress(String what, long done, long total) {
            ranks.reportActivity("at " + what);
        }
    }
}
