package dev.tandem.spark;

import dev.tandem.train.RunDirectory;

/**
 * How training on a cluster ended.
 *
 * @param directory the run as the driver's machine sees it, all of it or a copy of what a board and a report read
 * @param stopped it was asked to stop, and wrote a checkpoint
 * @param restarts how often it was begun again after ranks were lost
 */
public record SparkTrainingResult(RunDirectory directory, boolean stopped, int restarts) {}
