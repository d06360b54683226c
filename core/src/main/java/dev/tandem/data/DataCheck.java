package dev.tandem.data;

import dev.tandem.UserException;
import dev.tandem.data.rows.Row;
import dev.tandem.data.rows.RowFiles;
import dev.tandem.recipe.DataSource;
import dev.tandem.recipe.ObjectiveRecipe;
import dev.tandem.recipe.ObjectiveRecipe.Loss;
import dev.tandem.recipe.ObjectiveRecipe.Overlong;
import dev.tandem.recipe.RowFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is in a data file, what will be dropped or cut, and why.
 *
 * @param file the file
 * @param rows rows read
 * @param columns for each column, how many rows have it
 * @param format the format that was checked for; absent: the columns fit none
 * @param lengths tokens of each sequence in order of the rows; empty without a tokenizer
 * @param shapes of each kept row, tokens that are not trained and the trained ones of each of its sequences; empty without
 *     a tokenizer
 * @param trainedTokens tokens to train in all kept rows
 * @param dropped rows that will be left out: where each is, by reason
 * @param notes remarkable rows: where each is, by kind
 * @param errors rows that would stop a run, at most {@link #MOST_ERRORS} of them
 */
public record DataCheck(
        Path file,
        int rows,
        Map<String, Integer> columns,
        Optional<RowFormat> format,
        List<Integer> lengths,
        List<List<Integer>> shapes,
        long trainedTokens,
        Map<DropReason, List<String>> dropped,
        Map<RowNote, List<String>> notes,
        List<String> errors) {
    /** How many broken rows are told of before a check gives up. */
    public static final int MOST_ERRORS = 10;

    /**
     * How to read the rows.
     *
     * @param format absent: guessed from the columns of the first row
     * @param template prompt template
     * @param columns column names: from the format's to the file's
     * @param maxLength longest sequence, tokens
     * @param tokenizer absent: only the tokens format is encoded, other rows are only counted
     * @param vocabSize the model's, tokens
     */
    public record Options(
            Optional<RowFormat> format,
            Optional<String> template,
            Map<String, String> columns,
            int maxLength,
            Overlong overlong,
            Optional<TextTokenizer> tokenizer,
            int vocabSize) {}

    /**
     * Goes through a file.
     *
     * @throws UserException if it cannot be read as rows at all
     */
    public static DataCheck of(Path file, Options options) {
        return new Check(file, options).run();
    }

    /** The format whose columns a row has, and whether it holds pairs. */
    public static Optional<RowFormat> guess(List<String> columns) {
        if (columns.contains("input_ids") || columns.contains("chosen_ids")) {
            return Optional.of(RowFormat.TOKENS);
        }
        if (columns.contains("messages")) {
            return Optional.of(RowFormat.CONVERSATION);
        }
        if (columns.contains("chosen") && columns.contains("rejected")) {
            return Optional.of(columns.contains("prompt") ? RowFormat.PREFERENCE : RowFormat.IMPLICIT_PREFERENCE);
        }
        if (columns.contains("instruction") && columns.contains("output")) {
            return Optional.of(RowFormat.ALPACA);
        }
        return columns.contains("prompt") && columns.contains("response")
                ? Optional.of(RowFormat.SFT)
                : Optional.empty();
    }

    /** The loss rows of a format are for: decides between single sequences and pairs. */
    public static Loss lossOf(RowFormat format, List<String> columns, Map<String, String> mapped) {
        var pairs = format == RowFormat.PREFERENCE
                || format == RowFormat.IMPLICIT_PREFERENCE
                || format == RowFormat.TOKENS && columns.contains(mapped.getOrDefault("chosen_ids", "chosen_ids"));
        return pairs ? Loss.DPO : Loss.SFT;
    }

    private static final class Check {
        private final Path file;
        private final Options options;
        private final Map<String, Integer> columns = new LinkedHashMap<>();
        private final List<Integer> lengths = new ArrayList<>();
        private final List<List<Integer>> shapes = new ArrayList<>();
        private final Map<DropReason, List<String>> dropped = new EnumMap<>(DropReason.class);
        private final Map<RowNote, List<String>> notes = new EnumMap<>(RowNote.class);
        private final List<String> errors = new ArrayList<>();
        private Optional<RowFormat> format;
        private Optional<RowEncoder> encoder = Optional.empty();
        private int rows;
        private long trainedTokens;

        Check(Path file, Options options) {
            this.file = file;
            this.options = options;
            this.format = options.format();
        }

        DataCheck run() {
            RowFiles.read(file, this::row);
            if (encoder.isPresent() && shapes.isEmpty() && errors.isEmpty()) {
                errors.add(file + " leaves nothing to train on: every row is dropped.");
            }
            return new DataCheck(file, rows, columns, format, lengths, shapes, trainedTokens, dropped, notes, errors);
        }

        private boolean row(Row row) {
            var names = List.copyOf(row.values().propertyNames());
            if (rows == 0) {
                format = options.format().or(() -> guess(names));
                encoder = format.flatMap(f -> encoder(f, names));
            }
            rows++;
            names.forEach(name -> columns.merge(name, 1, Integer::sum));
            encoder.ifPresentOrElse(e -> encode(e, row), () -> format.ifPresent(f -> requireColumns(f, row)));
            return errors.size() < MOST_ERRORS;
        }

        private Optional<RowEncoder> encoder(RowFormat chosen, List<String> names) {
            if (chosen != RowFormat.TOKENS && options.tokenizer().isEmpty()) {
                return Optional.empty();
            }
            var source = new DataSource(file, OptionalDouble.empty(), options.columns());
            var recipe = ObjectiveRecipe.reading(
                    lossOf(chosen, names, options.columns()),
                    source,
                    chosen,
                    options.template(),
                    options.maxLength(),
                    options.overlong());
            return Optional.of(RowEncoders.of(recipe, options.columns(), options.tokenizer(), options.vocabSize()));
        }

        /** Without a tokenizer rows are not encoded, but what they lack can be seen. */
        private void requireColumns(RowFormat chosen, Row row) {
            for (var column : required(chosen)) {
                var name = options.columns().getOrDefault(column, column);
                if (!row.values().hasNonNull(name)) {
                    errors.add(row.where() + ": no column '" + name + "', which format "
                            + chosen.name().toLowerCase(Locale.ROOT).replace('_', '-') + " needs.");
                }
            }
        }

        private static List<String> required(RowFormat format) {
            return switch (format) {
                case ALPACA -> List.of("instruction", "output");
                case SFT -> List.of("prompt", "response");
                case PREFERENCE -> List.of("prompt", "chosen", "rejected");
                case IMPLICIT_PREFERENCE -> List.of("chosen", "rejected");
                case CONVERSATION -> List.of("messages");
                case TOKENS -> List.of();
            };
        }

        private void encode(RowEncoder chosen, Row row) {
            try {
                var encoded = chosen.encode(row);
                if (encoded instanceof EncodedRow.Kept kept) {
                    shapes.add(shape(kept.sequences()));
                    kept.sequences().forEach(s -> {
                        lengths.add(s.length());
                        trainedTokens += s.trainedTokens();
                    });
                    kept.notes().forEach(note -> note(notes, note, row));
                } else if (encoded instanceof EncodedRow.Dropped d) {
                    note(dropped, d.reason(), row);
                }
            } catch (UserException e) {
                errors.add(String.valueOf(e.getMessage()));
            }
        }

        private static List<Integer> shape(List<TokenSequence> sequences) {
            var first = sequences.get(0);
            var shape = new ArrayList<Integer>();
            shape.add(first.length() - first.trainedTokens());
            sequences.forEach(s -> shape.add(s.trainedTokens()));
            return shape;
        }

        private static <K> void note(Map<K, List<String>> places, K key, Row row) {
            places.computeIfAbsent(key, k -> new ArrayList<>()).add(row.where());
        }
    }
}
