package dev.tandem.data.check;

import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.RowWarning;
import dev.tandem.data.format.RowFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Findings about a data file: its content, and what will be dropped or truncated and why.
 *
 * @param path the file
 * @param objective name of the objective that the data belongs to
 * @param evaluation whether it is for evaluation rather than training
 * @param format format that it was read as; absent: its columns match no format
 * @param rows number of rows read
 * @param kept number of rows that are neither dropped nor broken; absent if none could be encoded
 * @param columns for each column, the number of rows that have it
 * @param unread columns that the format does not use, apart from those that never matter
 * @param lengths lengths of the kept sequences; absent without a tokenizer
 * @param trainedTokens number of trained tokens in all kept rows
 * @param turns the assistant's turns of all kept rows
 * @param dropped rows that will be left out, by reason
 * @param notes remarkable rows, by kind
 * @param suspicions rows that are seldom intended, by kind
 * @param longerSide which side of the pairs is longer; absent for other shapes
 * @param repetitions rows that also occur elsewhere
 * @param shapes for each kept row, the number of tokens that are not trained, and of the trained ones of each of its
 *     sequences; empty unless asked for
 * @param examples the first kept rows as the model sees them
 * @param errors errors that would stop a run, at most {@link DataCheck#MAX_ERRORS}
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
        List<String> unread,
        Optional<Lengths> lengths,
        long trainedTokens,
        EncodedRow.TurnCounts turns,
        Map<DropReason, RowSample> dropped,
        Map<RowWarning, RowSample> notes,
        Map<TextWarning, RowSample> suspicions,
        Optional<LongerSide> longerSide,
        Repetitions repetitions,
        List<List<Integer>> shapes,
        List<ExamplePreview> examples,
        List<String> errors,
        boolean readable) {}
