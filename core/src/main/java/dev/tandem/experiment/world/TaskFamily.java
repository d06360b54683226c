package dev.tandem.experiment.world;

import java.util.random.RandomGenerator;

/** A kind of task, from which any number of instances can be drawn, with repetitions. */
@FunctionalInterface
interface TaskFamily {
    Task draw(RandomGenerator random);
}
