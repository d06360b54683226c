package dev.tandem.data;

import dev.tandem.data.rows.RowFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Every row of a file, encoded, in order, none left out: what scoring and data checks go through. */
public final class RowStream {
    private RowStream() {}

    /**
     * Reads and encodes a file row by row; reading and encoding go ahead of {@code rows}, by a few
     * hundred rows at most.
     *
     * @param recipe format, template and lengths
     * @param tokenizer may be absent for a format that holds no text
     * @param vocabSize the model's, tokens
     * @param rows told of every row in the file's order
     * @throws dev.tandem.UserException if the file or a row of it is broken
     */
    public static void read(
            DataSource source,
            DataRecipe recipe,
            Optional<TextTokenizer> tokenizer,
            int vocabSize,
            Consumer<EncodedRow> rows) {
        RowPipeline.run(source.path(), recipe.encoder(source.columns(), tokenizer, vocabSize), row -> {
            rows.accept(row);
            return true;
        });
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
}
