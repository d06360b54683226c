package dev.tandem.data.check;

/**
 * Rows that are somewhere else too. Rows are compared by the words of their texts, white space aside.
 *
 * @param within rows that repeat an earlier row of the file
 * @param trained of an evaluation file: rows that are training rows of the same objective too
 * @param prompts of an evaluation file: rows that are not, but whose prompt is trained, by whichever objective; of a
 *     training file: rows whose prompt an objective named before it trains too
 * @param trainingFile whether an evaluation file is one of the training files; nothing is counted as trained then
 * @param complete false if there were more rows than are remembered, so that some may be missing from the counts
 */
public record Repetitions(Found within, Found trained, Found prompts, boolean trainingFile, boolean complete) {}
