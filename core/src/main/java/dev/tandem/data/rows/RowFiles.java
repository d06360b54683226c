package dev.tandem.data.rows;

import dev.tandem.UserException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Reads files of rows, and folders of such files. Formats, by suffix: {@code .jsonl} and {@code .ndjson} (an object a
 * line), {@code .json} (an array of objects), {@code .csv} and {@code .tsv} (with a header line), {@code .parquet}.
 * Text may be gzipped, which is detected by its bytes, not by its name; so are Parquet files, and JSON arrays and JSON
 * lines under each other's suffix.
 *
 * <p>Files are streamed: only one row needs to fit into memory, and none may be longer than 64 MiB.
 */
public final class RowFiles {
    private static final byte[] PARQUET_MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

    private RowFiles() {}

    /**
     * Passes the rows of {@code file} to {@code visitor}, in file order, until it wants no more. The file is not read
     * beyond the last row it wanted.
     *
     * @param file a file, or a folder of shards, which are read in the order of their names; one of them may be empty
     * @throws UserException if the file cannot be read, is damaged, or contains no rows; the message names file and
     *     line or row. Rows before the damage have been visited by then.
     */
    public static void read(Path file, RowVisitor visitor) {
        var result = Visit.EMPTY;
        for (var shard : shards(file)) {
            try (var rows = open(shard)) {
                var visit = visit(rows, visitor);
                requireContent(shard, visit);
                result = visit == Visit.EMPTY ? result : visit;
            }
            if (result == Visit.STOPPED) {
                return;
            }
        }
        requireRows(file, result);
    }

    /** A shard may be without rows, but a file without a single byte was cut. */
    private static void requireContent(Path shard, Visit visit) {
        if (visit == Visit.EMPTY && shard.toFile().length() == 0) {
            requireRows(shard, visit);
        }
    }

    /**
     * The files behind a path of data: those of a folder of shards in the order of their names, or the path itself.
     *
     * @throws UserException if a folder is still being written, or contains folders or no files
     */
    public static List<Path> shards(Path file) {
        return Shards.of(file);
    }

    /**
     * Passes on the rows of a {@code .csv} or {@code .tsv} file without a header line.
     *
     * @param columns the names that the header would contain
     * @throws UserException as {@link #read(Path, RowVisitor)}, or if a row has more or fewer fields
     */
    public static void readWithoutHeader(Path file, List<String> columns, RowVisitor visitor) {
        try (var rows = new CsvFile(file, suffix(file).equals("tsv") ? '\t' : ',', columns)) {
            requireRows(file, visit(rows, visitor));
        }
    }

    private enum Visit {
        EMPTY,
        ENDED,
        STOPPED
    }

    private static Visit visit(RowSource rows, RowVisitor visitor) {
        var row = rows.next();
        if (row.isEmpty()) {
            return Visit.EMPTY;
        }
        while (row.isPresent()) {
            if (!visitor.row(row.get())) {
                return Visit.STOPPED;
            }
            row = rows.next();
        }
        return Visit.ENDED;
    }

    private static void requireRows(Path file, Visit visit) {
        if (visit == Visit.EMPTY) {
            throw new UserException(Printable.escaped(file.toString())
                    + " holds no rows. Check that it is the right file and that writing it was finished.");
        }
    }

    private static RowSource open(Path file) {
        try (var bytes = FileBytes.open(file)) {
            Packed.refuse(bytes);
            if (bytes.startsWith(PARQUET_MAGIC)) {
                return parquet(file, bytes.gzip());
            }
        }
        return switch (suffix(file)) {
            case "jsonl", "ndjson" -> JsonFile.open(file, true);
            case "json" -> JsonFile.open(file, false);
            case "csv" -> new CsvFile(file, ',');
            case "tsv" -> new CsvFile(file, '\t');
            case "parquet" ->
                throw new UserException(Printable.escaped(file.toString())
                        + " is not a Parquet file: its first four bytes are not PAR1. Fetch it again, or give it the"
                        + " suffix of what it is (.jsonl, .json, .csv).");
            default ->
                throw new UserException(Printable.escaped(file.toString())
                        + ": the suffix does not identify the format. Rename the file to end with .jsonl, .ndjson,"
                        + " .json, .csv, .tsv or .parquet.");
        };
    }

    private static RowSource parquet(Path file, boolean gzip) {
        if (gzip) {
            throw new UserException(Printable.escaped(file.toString())
                    + " is a Parquet file inside gzip. Unpack it: gunzip -c old > new.parquet");
        }
        return new ParquetFile(file);
    }

    /** The format in the name: the suffix in lower case, without its dot and without {@code .gz}. */
    public static String suffix(Path file) {
        var name =
                file.getFileName() == null ? "" : file.getFileName().toString().toLowerCase(Locale.ROOT);
        var plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
        return plain.substring(plain.lastIndexOf('.') + 1);
    }
}
