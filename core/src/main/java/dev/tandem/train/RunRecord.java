package dev.tandem.train;

import dev.tandem.recipe.Recipe;
import java.util.Optional;

/** What is written down of a run, by one of its ranks. */
interface RunRecord extends TrainingListener, AutoCloseable {
    /** Brings it to the disk: a checkpoint must not be ahead of it. */
    void force();

    /**
     * Writes how the run ended.
     *
     * @param traffic what ranks have exchanged; absent: there was one process
     */
    void summary(Recipe recipe, TrainingResult result, Optional<RankTraffic.Sum> traffic);

    @Override
    void close();

    /** Of a rank that writes nothing. */
    static RunRecord none() {
        return new RunRecord() {
            @Override
            public void force() {
                // nothing
            }

            @Override
            public void summary(Recipe recipe, TrainingResult result, Optional<RankTraffic.Sum> traffic) {
                // nothing
            }

            @Override
            public void close() {
                // nothing
            }
        };
    }
}
