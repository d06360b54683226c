package dev.tandem.experiment.compare;

import dev.tandem.train.folder.RunDirectory;
import java.nio.file.Path;

/**
 * The folder of a comparison: {@code comparison.yaml} (its recipe),
 * {@code comparison.json} (plan, calibration, machine), {@code runs/<name>/} (one
 * {@link RunDirectory} each, and {@code samples.json}, {@code memory.json}, {@code benchmarks.json}, {@code answers/}),
 * {@code base/} and {@code given-reference/} (benchmarks of models that are not trained here), {@code results.json},
 * {@code results.csv}, {@code report.html}.
 *
 * @param root the folder
 */
public record ComparisonFolder(Path root) {

    /** Plan, calibration and machine. */
    public Path plan() {
        return root.resolve("comparison.json");
    }

    /** The comparison's recipe with every default: it repeats the comparison. */
    public Path recipe() {
        return root.resolve("comparison.yaml");
    }

    /** The results as JSON. */
    public Path results() {
        return root.resolve("results.json");
    }

    /** The results, one row for each run. */
    public Path table() {
        return root.resolve("results.csv");
    }

    /** Locked while a comparison works here. */
    Path lock() {
        return root.resolve("comparison.lock");
    }

    /** The folder of a run. */
    public RunDirectory run(ComparisonRun run) {
        return run(run.name());
    }

    /** The folder of the run that trains the reference policy. */
    RunDirectory referenceRun() {
        return run(ComparisonRun.REFERENCE);
    }

    private RunDirectory run(String name) {
        return new RunDirectory(root.resolve("runs").resolve(name));
    }

    /** The sample answers of a run's model. */
    Path samples(ComparisonRun run) {
        return run(run).root().resolve("samples.json");
    }

    /** The most memory a run had resident. */
    Path memory(ComparisonRun run) {
        return run(run).root().resolve("memory.json");
    }

    /** Benchmarks of the model that all runs start from. */
    Path base() {
        return root.resolve("base");
    }

    /** Benchmarks of a reference that is not trained here. */
    Path givenReference() {
        return root.resolve("given-reference");
    }

    /** The folder of the calibration; removed after it. */
    Path calibration() {
        return root.resolve(".calibration");
    }
}
