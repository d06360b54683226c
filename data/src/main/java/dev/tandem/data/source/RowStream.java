package dev.tandem.data.source;

import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.rows.RowFiles;
import dev.tandem.data.tokenizer.TextTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Encodes every row of a file, in order and without leaving any out, for scoring and data checks. */
public final class RowStream {
    private RowStream() {}

    /**
     * Reads and encodes a file row by row; reading and encoding run at most a few hundred rows ahead of {@code rows}.
     *
     * @param recipe format, template and lengths
     * @param tokenizer may be absent for a format that holds no text
     * @param vocabSize size of the model's vocabulary in tokens
     * @param rows receives every row in the file's order
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
