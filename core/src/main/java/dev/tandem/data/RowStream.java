package dev.tandem.data;

import dev.tandem.data.rows.Row;
import dev.tandem.data.rows.RowFiles;
import dev.tandem.recipe.DataSource;
import dev.tandem.recipe.ObjectiveRecipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Every row of a file, encoded, in order, none left out: what scoring and data checks go through. */
public final class RowStream {
    private static final int ROWS_AT_ONCE = 512;

    private RowStream() {}

    /**
     * Reads and encodes a file row by row; a few hundred rows are in memory at once.
     *
     * @param recipe format, template and lengths
     * @param tokenizer may be absent for the tokens format only
     * @param vocabSize the model's, tokens
     * @param rows told of every row in the file's order
     * @throws dev.tandem.UserException if the file or a row of it is broken
     */
    public static void read(
            DataSource source,
            ObjectiveRecipe recipe,
            Optional<TextTokenizer> tokenizer,
            int vocabSize,
            Consumer<EncodedRow> rows) {
        var encoder = RowEncoders.of(recipe, source.columns(), tokenizer, vocabSize);
        var waiting = new ArrayList<Row>();
        RowFiles.read(source.path(), row -> {
            waiting.add(row);
            if (waiting.size() == ROWS_AT_ONCE) {
                encode(waiting, encoder, rows);
            }
            return true;
        });
        encode(waiting, encoder, rows);
    }

    /** Column names of a file's first row. */
    public static List<String> columns(Path file) {
        var result = new ArrayList<String>();
        RowFiles.read(file, row -> {
            result.addAll(row.values().propertyNames());
            return false;
        });
        return result;
    }

    private static void encode(List<Row> waiting, RowEncoder encoder, Consumer<EncodedRow> rows) {
        waiting.parallelStream().map(encoder::encode).toList().forEach(rows);
        waiting.clear();
    }
}
