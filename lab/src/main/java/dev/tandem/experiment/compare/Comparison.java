package dev.tandem.experiment.compare;

import dev.tandem.UserException;
import dev.tandem.eval.answer.SampleAnswers;
import dev.tandem.experiment.compare.ComparisonRun.Role;
import dev.tandem.io.AtomicFiles;
import dev.tandem.recipe.ComparisonRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.recipe.Registry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs a comparison: the reference policy, both optima, then every method with every λ and seed; the losses that the optima
 * reach are given to all later runs as f*.
 *
 * <p>Everything is kept in the folder of the recipe's output, so that the same comparison, stopped or killed at any
 * moment, resumes where it was: runs that are done are not repeated, and the current one resumes from its checkpoint. Runs
 * share tokenised data, reference log-probs and the pages of the base model's weights.
 *
 * <pre>{@code
 * var recipe = RecipeReader.readComparison(Path.of("comparison.yaml"), List.of());
 * var comparison = new Comparison(recipe, 1, listener, () -> false);
 * var result = comparison.run(comparison.plan());
 * }</pre>
 */
public final class Comparison {
    private final ComparisonRecipe recipe;
    private final Registry registry;
    private final int jobs;
    private final ComparisonListener listener;
    private final BooleanSupplier stopRequested;
    private final ComparisonFolder folder;
    private final ComparisonRecipes recipes;
    private final RunExecutor worker;
    private final ComparisonModels models;
    private final BenchmarkedModels measured;

    /**
     * A comparison to be run.
     *
     * @param jobs runs at the same time; each gets its share of the cores. With more than one, memory is not measured and
     *     times are those of runs that disturb each other
     * @param listener is notified of the progress, by one thread at a time
     * @param stopRequested asked after every step; true stops the comparison with checkpoints
     */
    public Comparison(ComparisonRecipe recipe, int jobs, ComparisonListener listener, BooleanSupplier stopRequested) {
        this(recipe, Registry.standard(), jobs, listener, stopRequested);
    }

    /**
     * A comparison whose recipe may name what a program has added.
     *
     * @param registry the one that the recipe was read with
     * @param jobs as above
     * @param listener as above
     * @param stopRequested as above
     */
    public Comparison(
            ComparisonRecipe recipe,
            Registry registry,
            int jobs,
            ComparisonListener listener,
            BooleanSupplier stopRequested) {
        this.recipe = recipe;
        this.registry = registry;
        this.jobs = jobs;
        this.listener = listener;
        this.stopRequested = stopRequested;
        this.folder = new ComparisonFolder(recipe.base().output());
        this.recipes = new ComparisonRecipes(recipe, folder);
        this.worker = new RunExecutor(folder, jobs == 1, registry, listener, stopRequested);
        this.models = new ComparisonModels(recipe, recipes, folder);
        this.measured = new BenchmarkedModels(recipe, models, listener, stopRequested);
    }

    /** The plan of all runs. */
    public ComparisonPlan plan() {
        return ComparisonPlan.of(recipe);
    }

    /** The comparison's folder. */
    public ComparisonFolder folder() {
        return folder;
    }

    /**
     * Finds mistakes in the benchmarks' files and settings; {@link #run} does it too.
     *
     * @throws UserException if a benchmark cannot be run
     */
    public void check() {
        measured.check();
    }

    /**
     * Measures the cost of steps and evaluations on this machine, unless that was done before.
     *
     * @throws UserException if recipe, data or model are unusable
     * @throws CancellationException if it was asked to stop
     */
    public Calibration calibrate() {
        return ComparisonFile.calibration(folder.plan(), recipe, registry).orElseGet(() -> {
            AtomicFiles.deleteTree(folder.calibration());
            var steps = Calibrator.STEPS_EACH * recipe.base().objectives().size();
            try {
                var result = Calibrator.measure(
                        onThreads(recipes.calibration(steps, folder.calibration())), listener, stopRequested);
                ComparisonFile.write(folder.plan(), recipe, plan(), result);
                return result;
            } finally {
                AtomicFiles.deleteTree(folder.calibration());
            }
        });
    }

    /** How long a run takes, seconds. */
    public double seconds(ComparisonRun run, Calibration calibration) {
        return calibration.seconds(run, recipes.of(run, Map.of()));
    }

    /** Whether a run is finished. */
    public boolean isDone(ComparisonRun run) {
        return RunOutcome.isDone(folder.run(run));
    }

    /**
     * Works through a plan and writes the results.
     *
     * @throws UserException if a run that others need cannot be done, another comparison works in the folder, or it holds
     *     runs of another recipe
     * @throws CancellationException if it was asked to stop
     */
    public ComparisonResult run(ComparisonPlan plan) {
        check();
        try (var lock = lock()) {
            AtomicFiles.write(folder.recipe(), RecipeReader.write(recipe));
            var done = new LinkedHashMap<ComparisonRun, RunOutcome>();
            done.putAll(all(plan.of(Role.REFERENCE), Map.of(), true));
            var optima = all(plan.of(Role.OPTIMUM), Map.of(), true);
            done.putAll(optima);
            var values = optima(optima);
            measured.beforeMethods();
            done.putAll(all(plan.of(Role.METHOD), values, false));
            var result = ComparisonResult.of(recipe, values, done, measured);
            AtomicFiles.write(folder.results(), ResultFiles.json(recipe, result));
            AtomicFiles.write(folder.table(), ResultFiles.csv(recipe, result));
            return result;
        } catch (IOException e) {
            throw new UserException("Cannot work in " + folder.root() + ": " + e.getMessage(), e);
        }
    }

    /** f* of every objective: the lowest loss that training on it alone reached. */
    private static Map<String, Double> optima(Map<ComparisonRun, RunOutcome> runs) {
        var result = new LinkedHashMap<String, Double>();
        runs.forEach((run, finished) -> finished.lowest().forEach((objective, loss) -> {
            if (run.kind().equals("optimum-" + objective)) {
                result.put(objective, loss);
            }
        }));
        return result;
    }

    /** @param needed whether later runs depend on every one of them */
    private Map<ComparisonRun, RunOutcome> all(List<ComparisonRun> runs, Map<String, Double> optima, boolean needed) {
        var pool = Executors.newFixedThreadPool(jobs);
        try {
            var futures = new LinkedHashMap<ComparisonRun, Future<Optional<RunOutcome>>>();
            for (var run : runs) {
                futures.put(run, pool.submit(() -> one(run, optima, needed)));
            }
            var result = new LinkedHashMap<ComparisonRun, RunOutcome>();
            for (var entry : futures.entrySet()) {
                entry.getValue().get().ifPresent(finished -> result.put(entry.getKey(), finished));
            }
            return result;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the comparison was interrupted");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } finally {
            pool.shutdown();
        }
    }

    private Optional<RunOutcome> one(ComparisonRun run, Map<String, Double> optima, boolean needed) {
        if (stopRequested.getAsBoolean()) {
            throw new CancellationException("the comparison was stopped");
        }
        var runRecipe = recipes.of(run, optima);
        try {
            var before = worker.finished(run, runRecipe);
            var finished = before.orElseGet(() -> worker.train(run, onThreads(runRecipe)));
            answer(run);
            if (before.isEmpty()) {
                tell(() -> listener.onRunEnd(run, finished));
            }
            if (run.role() == Role.METHOD) {
                measured.after(run);
            }
            return Optional.of(finished);
        } catch (UserException e) {
            if (needed) {
                throw e;
            }
            tell(() -> listener.onRunFailed(run, String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private void tell(Runnable message) {
        synchronized (listener) {
            message.run();
        }
    }

    /** Lets the run's model answer the evaluation prompts, unless the answers exist already. */
    private void answer(ComparisonRun run) {
        var file = folder.samples(run);
        if (recipe.answers().prompts() == 0 || Files.exists(file) || run.role() == Role.REFERENCE) {
            return;
        }
        var trained = models.trained(run);
        var answers = new SampleAnswers(
                        recipe.answers().prompts(), recipe.answers().tokens())
                .of(recipe.base(), trained.model(), trained.adapter());
        AtomicFiles.write(file, JsonMapper.shared().writeValueAsString(answers) + "\n");
    }

    /** Simultaneous runs share the cores. */
    private Recipe onThreads(Recipe run) {
        if (jobs == 1 || run.train().threads().isPresent()) {
            return run;
        }
        var share = Math.max(1, Runtime.getRuntime().availableProcessors() / jobs);
        return run.withTrain(run.train().withThreads(share));
    }

    private FileChannel lock() throws IOException {
        Files.createDirectories(folder.root());
        var channel = FileChannel.open(folder.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // another comparison of this process
        }
        channel.close();
        throw new UserException(folder.root() + ": another comparison is running here. Wait for it, or stop it.");
    }
}
