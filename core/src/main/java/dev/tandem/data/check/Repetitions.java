package dev.tandem.data.check;

/**
 * Rows that also occur elsewhere. Rows are compared by the words of their texts, ignoring white space.
 *
 * @param within rows that repeat an earlier row of the file
 * @param trained for an evaluation file: rows that are also training rows of the same objective
 * @param prompts for an evaluation file: rows that are not, but whose prompt any objective trains; for a training file:
 *     rows whose prompt is also trained by an objective named before it
 * @param trainingFile whether an evaluation file is one of the training files; then nothing is counted as trained
 * @param complete false if there were more rows than can be remembered, so that some may be missing from the counts
 */
public record Repetitions(Found within, Found trained, Found prompts, boolean trainingFile, boolean complete) {}
