package dev.tandem.experiment.benchmark;

import dev.tandem.train.TrainedModel;
import java.nio.file.Path;

/**
 * A model that is put through benchmarks.
 *
 * @param name unique in the comparison: {@code base}, {@code reference}, or a run's
 * @param model where it is, or will be once it is trained
 * @param folder where its results go
 */
public record Subject(String name, TrainedModel model, Path folder) {

    /** Its results. */
    Path results() {
        return folder.resolve("benchmarks.json");
    }
}
