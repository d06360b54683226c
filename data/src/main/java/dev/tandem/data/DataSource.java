package dev.tandem.data;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;

/**
 * A data file.
 *
 * @param path {@code .json}, {@code .jsonl}, {@code .csv} or {@code .parquet}, also gzipped, or a folder of such files
 * @param weight probability of drawing from this source when several are blended; absent in all: sources are
 *     concatenated
 * @param columns column names: from the format's name to the file's
 */
public record DataSource(Path path, OptionalDouble weight, Map<String, String> columns) {
    public DataSource {
        columns = Map.copyOf(columns);
    }

    /** This source at another path. */
    public DataSource mapPaths(UnaryOperator<Path> where) {
        return new DataSource(where.apply(path), weight, columns);
    }
}
