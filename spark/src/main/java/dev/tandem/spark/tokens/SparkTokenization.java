package dev.tandem.spark.tokens;

import dev.tandem.UserException;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.tokenizer.ModelTokenizer;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.spark.ship.Shipment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tokenises rows on a cluster, with the encoders that training uses, into a folder of shards in the {@code tokens}
 * format, which a recipe can name as {@code data}.
 *
 * @param model folder of the model, for its tokenizer and vocabulary, as the driver sees it; executors receive what
 *     they need
 * @param rows format, template and lengths of the rows; its shape decides between pairs and single sequences, its files are
 *     not read
 * @param columns mapping from the format's column names to the data's
 */
public record SparkTokenization(Path model, DataRecipe rows, Map<String, String> columns) {
    /** File in the folder of shards with the numbers of kept, truncated and dropped rows. */
    public static final String COUNTS = "_counts.json";

    public SparkTokenization {
        columns = Map.copyOf(columns);
    }

    /** Files of shards. */
    public enum Output {
        /** Parquet. */
        PARQUET,
        /** JSON lines. */
        JSONL
    }

    /**
     * Tokenises rows. Shards are in the order of the rows' partitions.
     *
     * @param input the rows
     * @param folder on a file system that Spark writes; must not exist
     * @return counts of kept and dropped rows
     * @throws UserException if a row is broken, nothing is kept, or the folder exists or cannot be written
     */
    public TokenizationReport run(InputRows input, String folder, Output output) {
        var spark = input.data().sparkSession();
        var plan = RowPlan.of(rows, columns, ModelFamilies.read(model).vocabSize());
        var counters = new RowCounters(spark.sparkContext());
        try {
            var files = Shipment.pack(
                    model,
                    file -> ModelTokenizer.files().contains(file.getFileName().toString()));
            var tokenizer =
                    JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(files);
            var schema = TokenSchema.of(rows.shape());
            var tokens =
                    input.data().mapPartitions(new TokenizePartition(plan, tokenizer, counters), Encoders.row(schema));
            write(tokens.write(), folder, output);
        } catch (Exception e) {
            // Spark throws checked exceptions that it does not declare
            throw explained(e, folder);
        }
        var report = new TokenizationReport(
                counters.rows(), counters.tokens(), counters.trainedTokens(), counters.dropped(), counters.notes());
        writeCounts(spark, folder, report);
        if (report.kept() == 0) {
            throw new UserException("No row is kept: " + report.text() + ". " + folder + " holds no tokens.");
        }
        return report;
    }

    private static void write(DataFrameWriter<Row> writer, String folder, Output output) {
        switch (output) {
            case PARQUET -> writer.parquet(folder);
            case JSONL -> writer.json(folder);
        }
    }

    /** Extracts the user's mistake from the exceptions that Spark wraps around it. */
    private static RuntimeException explained(Exception problem, String folder) {
        for (Optional<Throwable> cause = Optional.of(problem);
                cause.isPresent();
                cause = cause.map(Throwable::getCause)) {
            if (cause.get() instanceof UserException mistake) {
                return mistake;
            }
            var message = String.valueOf(cause.get().getMessage());
            if (message.contains("PATH_ALREADY_EXISTS")) {
                return new UserException(folder + " already exists. Choose another --out, or remove it.");
            }
        }
        return problem instanceof RuntimeException known ? known : new IllegalStateException(problem);
    }

    /** Writes under a temporary name first, so that a reader that finds the file finds all of it. */
    private static void writeCounts(SparkSession spark, String folder, TokenizationReport report) {
        var target = new org.apache.hadoop.fs.Path(folder, COUNTS);
        var temporary = new org.apache.hadoop.fs.Path(folder, COUNTS + ".tmp");
        var text = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(report.json()) + "\n";
        try {
            FileSystem files = target.getFileSystem(spark.sparkContext().hadoopConfiguration());
            try (var out = files.create(temporary, true)) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
                out.hsync();
            }
            if (!files.rename(temporary, target)) {
                throw new IOException("it cannot be renamed");
            }
        } catch (IOException e) {
            throw new UserException("Cannot write " + target + ": " + e.getMessage(), e);
        }
    }
}
