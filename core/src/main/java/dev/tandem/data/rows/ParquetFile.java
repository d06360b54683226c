package dev.tandem.data.rows;

import dev.tandem.UserException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * Parquet files, read by DuckDB in memory: nothing is fetched, no extension is loaded, no row is kept. Lists and
 * structs become arrays and objects; dates and times become strings.
 */
final class ParquetFile implements RowSource {
    private final String name;
    private final Connection connection;
    private Optional<Query> query = Optional.empty();
    private long row;

    private record Query(PreparedStatement statement, ResultSet results) {}

    ParquetFile(Path file) {
        this.name = Printable.escaped(file.toString());
        try {
            this.connection = DriverManager.getConnection("jdbc:duckdb:", properties());
        } catch (SQLException e) {
            throw broken(e);
        }
        try {
            query = Optional.of(start(literalGlob(file)));
        } catch (SQLException e) {
            close();
            throw broken(e);
        }
    }

    private static Properties properties() {
        var properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        // One thread: reading is not the bottleneck, and the cores are needed for training.
        properties.setProperty("threads", "1");
        properties.setProperty("temp_directory", "");
        return properties;
    }

    /** DuckDB treats a path as a pattern; brackets around its special characters make them literal. */
    private static String literalGlob(Path file) {
        return file.toAbsolutePath().toString().replaceAll("[\\[*?]", "[$0]");
    }

    private Query start(String path) throws SQLException {
        var table = "read_parquet(?, hive_partitioning = false)";
        var members = new ArrayList<String>();
        for (var column : columns(table, path)) {
            members.add("'" + column.replace("'", "''") + "': \"" + column.replace("\"", "\"\"") + "\"");
        }
        // Whether a row is too long is decided before its text is transferred.
        var statement = connection.prepareStatement("SELECT CASE WHEN strlen(j) <= " + RowLimits.BYTES
                + " THEN j END FROM (SELECT CAST(to_json({" + String.join(", ", members) + "}) AS VARCHAR) AS j FROM "
                + table + ")");
        statement.setString(1, path);
        return new Query(statement, statement.executeQuery());
    }

    private List<String> columns(String table, String path) throws SQLException {
        try (var statement = connection.prepareStatement("SELECT * FROM " + table + " LIMIT 0")) {
            statement.setString(1, path);
            try (var results = statement.executeQuery()) {
                var names = new ArrayList<String>();
                for (var column = 1; column <= results.getMetaData().getColumnCount(); column++) {
                    names.add(results.getMetaData().getColumnName(column));
                }
                return names;
            }
        }
    }

    @Override
    public Optional<Row> next() {
        try {
            var results = query.orElseThrow().results();
            if (!results.next()) {
                return Optional.empty();
            }
            row++;
            var where = name + ", row " + row;
            var json = results.getString(1);
            if (json == null) {
                throw new UserException(where + ": this row is longer than " + RowLimits.BYTES_IN_WORDS
                        + " as JSON, more than one row may hold. Shorten or remove it.");
            }
            return Optional.of(new Row(where, JsonRows.row(where, json)));
        } catch (SQLException e) {
            throw broken(e);
        }
    }

    private UserException broken(SQLException problem) {
        var message = String.valueOf(problem.getMessage()).lines().findFirst().orElse("");
        // For damaged data the driver reports only an error of its own.
        var reason = message.contains("Invalid result set") ? "its data is damaged" : Printable.of(message);
        return new UserException(
                name + (row == 0 ? "" : ", after row " + row) + " cannot be read as Parquet: " + reason
                        + ". Is it whole? Fetch or write it again.",
                problem);
    }

    @Override
    public void close() {
        try (connection) {
            if (query.isPresent()) {
                query.get().results().close();
                query.get().statement().close();
            }
        } catch (SQLException e) {
            // The connection is to this process's memory and was only read from: nothing is lost.
            return;
        }
    }
}
