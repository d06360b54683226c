package dev.tandem.data.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ParquetFileTest {
    @TempDir
    Path folder;

    @Test
    void nestedColumnsBecomeArraysAndObjects() throws SQLException {
        var path = parquet("rows.parquet", """
                SELECT [{'role': 'user', 'content': 'hi "you"'}, {'role': 'assistant', 'content': NULL}] AS messages,
                       [1, 2, 3]::BIGINT[] AS ids, 7 AS n, 0.5::DOUBLE AS d, true AS b, NULL::VARCHAR AS nothing,
                       'a' || chr(10) || 'ü😀' AS "t", 'q' AS "it's \""x\""", [] AS empty
                """);
        assertThat(rows(path)).singleElement().satisfies(row -> {
            assertThat(row.where()).isEqualTo(path + ", row 1");
            assertThat(row.values()).isEqualTo(JsonMapper.shared().readTree("""
                    {"messages":[{"role":"user","content":"hi \\"you\\""},{"role":"assistant","content":null}],
                     "ids":[1,2,3],"n":7,"d":0.5,"b":true,"nothing":null,"t":"a\\nü😀","it's \\"x\\"":"q","empty":[]}
                    """));
        });
    }

    @Test
    void rowsComeInFileOrderAcrossRowGroups() throws SQLException {
        var path = parquet("rows.parquet", "SELECT i * 7919 % 30011 AS a FROM range(30000) r(i)");
        var expected = new ArrayList<Long>();
        for (var i = 0L; i < 30_000; i++) {
            expected.add(i * 7919 % 30_011);
        }
        assertThat(rows(path))
                .extracting(row -> row.values().get("a").longValue())
                .isEqualTo(expected);
    }

    @Test
    void theVisitorMayStopEarly() throws SQLException {
        var path = parquet("rows.parquet", "SELECT i AS a FROM range(30000) r(i)");
        var seen = new ArrayList<Row>();
        RowFiles.read(path, row -> seen.add(row) && seen.size() < 3);
        assertThat(seen).hasSize(3);
    }

    @Test
    void namesAreTakenLiterally() throws SQLException, IOException {
        var other = parquet("ab.parquet", "SELECT 'wrong' AS a");
        for (var name :
                List.of("it's \"quoted\".parquet", "a*.parquet", "a?.parquet", "a[b].parquet", "ü 😀.parquet")) {
            var path = Files.copy(parquet("plain.parquet", "SELECT 'right' AS a"), folder.resolve(name));
            assertThat(rows(path)).extracting(row -> row.values().toString()).containsExactly("{\"a\":\"right\"}");
        }
        // A folder that looks like a partition adds no column.
        var partition = Files.createDirectories(folder.resolve("split=train"));
        assertThat(rows(Files.copy(other, partition.resolve("rows"))))
                .extracting(row -> row.values().toString())
                .containsExactly("{\"a\":\"wrong\"}");
    }

    @Test
    void brokenFilesAreExplained() throws SQLException, IOException {
        var bytes = Files.readAllBytes(parquet("rows.parquet", "SELECT i AS a FROM range(3000) r(i)"));
        var cut = Files.write(folder.resolve("cut.parquet"), Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> rows(cut))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("cut.parquet cannot be read as Parquet");
        var packed = Files.write(folder.resolve("rows.parquet.gz"), RowFilesTest.gzip(bytes));
        assertThatThrownBy(() -> rows(packed)).isInstanceOf(UserException.class).hasMessageContaining("gunzip -c");
        var empty = parquet("empty.parquet", "SELECT 1 AS a WHERE false");
        assertThatThrownBy(() -> rows(empty)).isInstanceOf(UserException.class).hasMessageContaining("holds no rows");
    }

    @Test
    void damageFarIntoTheFileNeverEndsItInSilence() throws SQLException, IOException {
        var whole = Files.readAllBytes(
                parquet("rows.parquet", "SELECT repeat(md5(i::VARCHAR), 5) AS a FROM range(80000) r(i)"));
        var random = new SplittableRandom(5);
        var failures = 0;
        var later = 0;
        for (var round = 0; round < 12; round++) {
            var bytes = whole.clone();
            var start = bytes.length / 4 * 3 + random.nextInt(bytes.length / 8);
            for (var i = 0; i < 50; i++) {
                bytes[start + i] = (byte) random.nextInt(256);
            }
            var path = Files.write(folder.resolve("damaged.parquet"), bytes);
            var seen = new int[1];
            try {
                RowFiles.read(path, row -> ++seen[0] > 0);
                assertThat(seen[0]).isEqualTo(80_000);
            } catch (UserException e) {
                failures++;
                later += seen[0] > 0 ? 1 : 0;
                assertThat(e.getMessage()).contains("damaged.parquet");
            }
        }
        assertThat(failures).isGreaterThan(5);
        assertThat(later).isPositive();
    }

    @Test
    void valuesThatJsonLacksAndRowsTooLongAreNamed() throws SQLException {
        var nan = parquet("nan.parquet", "SELECT unnest([1.0, 'NaN'::DOUBLE]) AS a");
        assertThatThrownBy(() -> rows(nan))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("nan.parquet, row 2")
                .hasMessageContaining("NaN");
        var large = parquet("large.parquet", "SELECT repeat('x', 70000000) AS a");
        assertThatThrownBy(() -> rows(large))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("large.parquet, row 1")
                .hasMessageContaining("64 MiB");
    }

    private Path parquet(String name, String query) throws SQLException {
        return write(folder.resolve(name), query);
    }

    static Path write(Path path, String query) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement()) {
            statement.execute("COPY (" + query + ") TO '" + path.toString().replace("'", "''")
                    + "' (FORMAT parquet, ROW_GROUP_SIZE 4096)");
        }
        return path;
    }

    private static List<Row> rows(Path path) {
        var rows = new ArrayList<Row>();
        RowFiles.read(path, rows::add);
        return rows;
    }
}
