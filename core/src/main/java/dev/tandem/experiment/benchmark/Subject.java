package dev.tandem.experiment.benchmark;

import dev.tandem.train.TrainedModel;
import java.nio.file.Path;

/**
 * A model to benchmark.
 *
 * @param name unique in the comparison: {@code base}, {@code reference}, or a run's
 * @param model location of the model, which may not be trained yet
 * @param folder folder of its results
 */
public record Subject(String name, TrainedModel model, Path folder) {

    /** The file of its results. */
    Path results() {
        return folder.resolve("benchmarks.json");
    }
}
