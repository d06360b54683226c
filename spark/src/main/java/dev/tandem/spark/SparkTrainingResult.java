package dev.tandem.spark;

import dev.tandem.train.folder.RunDirectory;

/**
 * How training on a cluster ended.
 *
 * @param directory the run as the driver's machine sees it: the whole run, or a copy of the files that board and report
 *     read
 * @param stopped whether it was asked to stop and wrote a checkpoint
 * @param restarts how often it was restarted after ranks were lost
 */
public record SparkTrainingResult(RunDirectory directory, boolean stopped, int restarts) {}
