package dev.tandem.spark.tokens;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import dev.tandem.UserException;
import dev.tandem.data.rows.RowFiles;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Rows of Spark's data sources in the form in which Tandem reads rows: JSON objects with the columns' names as keys.
 *
 * @param data two columns: {@code place}, where a row comes from, and {@code row}, its JSON as UTF-8
 */
public record InputRows(Dataset<Row> data) {
    private static final String PLACE = "place";
    private static final String ROW = "row";

    /** Formats of files. */
    public enum Format {
        /** One object per line: the lines are read as they are, without guessing a schema. */
        JSONL,
        /** Parquet. */
        PARQUET,
        /** ORC. */
        ORC,
        /** CSV with a header line, quoted as in RFC 4180; an empty field is an empty text. */
        CSV
    }

    /**
     * Rows of files.
     *
     * @param path file, folder or pattern on a file system that Spark reads
     * @throws UserException if there is nothing to read
     */
    public static InputRows ofFiles(SparkSession spark, String path, Format format) {
        try {
            return switch (format) {
                case JSONL ->
                    // binary, because as text bytes that are not UTF-8 would be replaced silently
                    new InputRows(spark.read()
                            .option("lineSep", "\n")
                            .text(path)
                            .select(
                                    col("_metadata.file_path").as(PLACE),
                                    col("value").cast("binary").as(ROW)));
                case PARQUET -> of(spark.read().parquet(path), path);
                case ORC -> of(spark.read().orc(path), path);
                case CSV ->
                    of(
                            spark.read()
                                    .option("header", "true")
                                    .option("multiLine", "true")
                                    .option("quote", "\"")
                                    .option("escape", "\"")
                                    .csv(path)
                                    .na()
                                    .fill(""),
                            path);
            };
        } catch (Exception e) {
            throw unreadable(path, e);
        }
    }

    /** Rows of a table or a view of the session. @throws UserException if there is none */
    public static InputRows ofTable(SparkSession spark, String table) {
        try {
            return of(spark.table(table), "table " + table);
        } catch (Exception e) {
            throw unreadable("table " + table, e);
        }
    }

    /** Rows of a query. @throws UserException if Spark does not accept it */
    public static InputRows ofQuery(SparkSession spark, String sql) {
        try {
            return of(spark.sql(sql), "the query");
        } catch (Exception e) {
            throw unreadable("the query", e);
        }
    }

    /**
     * Rows of any data set. Nulls stay nulls.
     *
     * @param place origin of the rows, for messages
     */
    public static InputRows of(Dataset<Row> rows, String place) {
        var json = to_json(struct(col("*")), Map.of("ignoreNullFields", "false"));
        return new InputRows(
                rows.select(lit(place).as(PLACE), json.cast("binary").as(ROW)));
    }

    /** The format of a path's suffix. @throws UserException if it has no known one */
    public static Format format(String path) {
        return switch (RowFiles.suffix(Path.of(path.substring(path.lastIndexOf('/') + 1)))) {
            case "jsonl", "ndjson" -> Format.JSONL;
            case "parquet" -> Format.PARQUET;
            case "orc" -> Format.ORC;
            case "csv" -> Format.CSV;
            default ->
                throw new UserException(path + ": the suffix does not name a format. Name it with --input-format:"
                        + " jsonl, parquet, orc or csv.");
        };
    }

    /** The error for any exception of Spark, which does not declare its checked exceptions. */
    private static UserException unreadable(String what, Exception problem) {
        var message = String.valueOf(problem.getMessage()).lines().findFirst().orElse("");
        if (problem instanceof UserException mistake) {
            return mistake;
        }
        return new UserException("Spark cannot read " + what + ": " + message, problem);
    }
}
