package dev.tandem.data.check;

import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.RowWarning;
import dev.tandem.data.format.RowFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is in a data file, what will be dropped or cut, and why.
 *
 * @param path the file
 * @param objective whose data it is
 * @param evaluation whether it is for evaluation rather than training
 * @param format what it was read as; absent: its columns fit no format
 * @param rows rows read
 * @param kept rows that are neither dropped nor broken; absent if none could be encoded
 * @param columns for each column, how many rows have it
 * @param lengths tokens of the kept sequences; absent without a tokenizer
 * @param trainedTokens tokens to train in all kept rows
 * @param dropped rows that will be left out, by reason
 * @param notes remarkable rows, by kind
 * @param suspicions rows that are seldom meant so, by kind
 * @param longerSide of pairs, which side is longer; absent for others
 * @param repetitions rows that are somewhere else too
 * @param shapes of each kept row, tokens that are not trained and the trained ones of each of its sequences; empty unless
 *     asked for
 * @param examples the first kept rows as the model sees them
 * @param errors what would stop a run, at most {@link DataCheck#MAX_ERRORS} of it
 * @param readable false if the file could not be read to its end
 */
public record FileFindings(
        Path path,
        String objective,
        boolean evaluation,
        Optional<RowFormat> format,
        int rows,
        OptionalInt kept,
        Map<String, Integer> columns,
        Optional<Lengths> lengths,
        long trainedTokens,
        Map<DropReason, RowSample> dropped,
        Map<RowWarning, RowSample> notes,
        Map<TextWarning, RowSample> suspicions,
        Optional<LongerSide> longerSide,
        Repetitions repetitions,
        List<List<Integer>> shapes,
        List<ExamplePreview> examples,
        List<String> errors,
        boolean readable) {}
