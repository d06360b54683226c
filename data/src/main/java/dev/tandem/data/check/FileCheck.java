package dev.tandem.data.check;

import dev.tandem.UserException;
import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.encoding.RowWarning;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.RowFormats;
import dev.tandem.data.rows.Row;
import dev.tandem.data.rows.RowFiles;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Checks one file. */
final class FileCheck {
    /** Rows of a damaged file may each have columns of their own. */
    private static final int MAX_COLUMNS = 100;

    private final CheckedFile file;
    private final DataCheck.Settings settings;
    private final TextWarnings suspicious;
    private final RepetitionCounts repetitions;
    private Optional<RowEncoder> encoder = Optional.empty();

    private final Map<String, Integer> columns = new LinkedHashMap<>();
    private final LengthCounts lengths = new LengthCounts();
    private final Map<DropReason, RowSample.Counter> dropped = new EnumMap<>(DropReason.class);
    private final Map<RowWarning, RowSample.Counter> notes = new EnumMap<>(RowWarning.class);
    private final Map<TextWarning, RowSample.Counter> suspicions = new EnumMap<>(TextWarning.class);
    private final List<List<Integer>> shapes = new ArrayList<>();
    private final List<ExamplePreview> examples = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private int rows;
    private int kept;
    private int chosenLonger;
    private int rejectedLonger;
    private int pairs;
    private long trainedTokens;
    private EncodedRow.TurnCounts turns = EncodedRow.TurnCounts.NONE;
    private boolean readable = true;

    FileCheck(CheckedFile file, DataCheck.Settings settings, TrainedRows trained) {
        this.file = file;
        this.settings = settings;
        this.repetitions = new RepetitionCounts(file, trained);
        this.suspicious = new TextWarnings(
                file.recipe().flatMap(r -> r.template().or(r.format()::defaultTemplate)),
                settings.tokenizer().map(t -> t.specialTexts().values()).orElse(List.of()));
    }

    FileFindings run() {
        try {
            encoder = file.recipe().flatMap(this::encoder);
            RowFiles.read(file.source().path(), this::row);
        } catch (UserException e) {
            readable = false;
            errors.add(String.valueOf(e.getMessage()));
        }
        return new FileFindings(
                file.source().path(),
                file.objective(),
                file.evaluation(),
                file.recipe().map(DataRecipe::format),
                rows,
                encoder.isPresent() ? OptionalInt.of(kept) : OptionalInt.empty(),
                columns,
                file.recipe()
                        .map(r -> RowFormats.unread(
                                r.format(),
                                r.shape(),
                                columns.keySet(),
                                file.source().columns()))
                        .orElse(List.of()),
                lengths.lengths(),
                trainedTokens,
                turns,
                found(dropped),
                found(notes),
                found(suspicions),
                pairs == 0 ? Optional.empty() : Optional.of(new LongerSide(pairs, chosenLonger, rejectedLonger)),
                repetitions.repetitions(),
                shapes,
                examples,
                errors,
                readable);
    }

    private Optional<RowEncoder> encoder(DataRecipe recipe) {
        return recipe.format().isText() && settings.tokenizer().isEmpty()
                ? Optional.empty()
                : Optional.of(recipe.encoder(file.source().columns(), settings.tokenizer(), settings.vocabSize()));
    }

    private boolean row(Row row) {
        rows++;
        for (var name : row.values().propertyNames()) {
            if (columns.containsKey(name) || columns.size() < MAX_COLUMNS) {
                columns.merge(name, 1, Integer::sum);
            }
        }
        if (encoder.isPresent()) {
            encode(encoder.get(), row);
        } else {
            compareTexts(row);
        }
        return errors.size() < DataCheck.MAX_ERRORS && kept < file.mostKept();
    }

    /** Without a tokenizer rows are not encoded, but missing columns are found. */
    private void compareTexts(Row row) {
        try {
            var missing = file.missing(row);
            if (missing.isPresent()) {
                errors.add(row.where() + ": no column '" + missing.get() + "', which its format needs.");
            } else {
                compare(row, Optional.empty());
            }
        } catch (UserException e) {
            errors.add(String.valueOf(e.getMessage()));
        }
    }

    private void encode(RowEncoder chosen, Row row) {
        try {
            var encoded = chosen.encode(row);
            if (encoded instanceof EncodedRow.Kept keptRow) {
                keep(row, keptRow);
            } else if (encoded instanceof EncodedRow.Dropped d) {
                add(dropped, d.reason(), row);
            }
        } catch (UserException e) {
            errors.add(String.valueOf(e.getMessage()));
        }
    }

    private void keep(Row row, EncodedRow.Kept encoded) {
        kept++;
        for (var sequence : encoded.sequences()) {
            lengths.add(sequence.length());
            trainedTokens += sequence.trainedTokens();
        }
        turns = turns.plus(encoded.turns());
        encoded.notes().forEach(note -> add(notes, note, row));
        if (settings.shapes()) {
            shapes.add(shape(encoded.sequences()));
        }
        if (examples.size() < settings.examples()) {
            examples.add(ExamplePreview.of(row.where(), encoded.sequences(), settings.tokenizer()));
        }
        compare(row, Optional.of(encoded.sequences()));
    }

    private void compare(Row row, Optional<List<TokenSequence>> encoded) {
        file.texts(row).ifPresent(text -> {
            repetitions.row(row.where(), text);
            suspicious.of(text).forEach(suspicion -> add(suspicions, suspicion, row));
            var sizes = encoded.map(sequences ->
                            sequences.stream().map(TokenSequence::trainedTokens).toList())
                    .orElseGet(() -> text.answers().stream().map(String::length).toList());
            if (sizes.size() == 2) {
                pairs++;
                chosenLonger += sizes.get(0) > sizes.get(1) ? 1 : 0;
                rejectedLonger += sizes.get(1) > sizes.get(0) ? 1 : 0;
            }
        });
    }

    private static List<Integer> shape(List<TokenSequence> sequences) {
        var first = sequences.get(0);
        var shape = new ArrayList<Integer>();
        shape.add(first.length() - first.trainedTokens());
        sequences.forEach(s -> shape.add(s.trainedTokens()));
        return shape;
    }

    private static <K> void add(Map<K, RowSample.Counter> places, K key, Row row) {
        places.computeIfAbsent(key, k -> new RowSample.Counter()).add(row.where());
    }

    private static <K> Map<K, RowSample> found(Map<K, RowSample.Counter> places) {
        var result = new LinkedHashMap<K, RowSample>();
        places.forEach((key, value) -> result.put(key, value.sample()));
        return result;
    }
}
