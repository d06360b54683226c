package dev.tandem.data.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Laws over seeded random rows: every format returns what was written, and damage yields only rows or a message. */
class RandomRowsTest {
    private static final String[] PIECES = {
        "a", "Bc", " ", "\n", "\r\n", "\r", "\t", "\"", "\"\"", "'", ",", ";", "\\", "\\n", "{", "}", "[", "]", "ü",
        "漢字", "😀", "\u2028", "\u0085", "\u0001", "\u007f", "\ufeff", "NaN", "null", "1e5"
    };

    @TempDir
    Path folder;

    @Test
    void jsonGivesBackWhatWasWritten() throws IOException {
        var random = new SplittableRandom(11);
        for (var round = 0; round < 60; round++) {
            var rows = nestedRows(random);
            var lines =
                    rows.stream().map(ObjectNode::toString).collect(Collectors.joining(round % 2 == 0 ? "\n" : "\r\n"));
            var pretty = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(rows);
            var minified = JsonMapper.shared().writeValueAsString(rows);
            assertThat(values(file("lines" + round + ".jsonl", lines, round))).isEqualTo(rows);
            assertThat(values(file("pretty" + round + ".json", pretty, round))).isEqualTo(rows);
            assertThat(values(file("minified" + round + ".jsonl", minified, round)))
                    .isEqualTo(rows);
            assertThat(values(file("object" + round + ".json", "{\"data\": " + pretty + ", \"n\": 1}", round)))
                    .isEqualTo(rows);
        }
    }

    @Test
    void csvGivesBackWhatWasWritten() throws IOException {
        var random = new SplittableRandom(12);
        for (var round = 0; round < 100; round++) {
            var rows = flatRows(random);
            var text = csv(rows, round % 3 == 0 ? "\r\n" : "\n");
            assertThat(values(file("rows" + round + ".csv", text, round))).isEqualTo(rows);
        }
    }

    @Test
    void parquetGivesBackWhatWasWritten() throws IOException, SQLException {
        var random = new SplittableRandom(13);
        for (var round = 0; round < 5; round++) {
            var rows = flatRows(random);
            var query = rows.stream()
                    .map(row -> row.propertyStream()
                            .map(member -> sql(member.getValue().stringValue()) + " AS " + member.getKey())
                            .collect(Collectors.joining(", ", "SELECT ", "")))
                    .collect(Collectors.joining(" UNION ALL "));
            var path = ParquetFileTest.write(folder.resolve("rows" + round + ".parquet"), query);
            assertThat(values(path)).isEqualTo(rows);
        }
    }

    @Test
    void damageGivesRowsOrAMessage() throws IOException, SQLException {
        var random = new SplittableRandom(14);
        var rows = nestedRows(random);
        var flat = flatRows(random);
        var array = JsonMapper.shared().writeValueAsString(rows);
        var lines = rows.stream().map(ObjectNode::toString).collect(Collectors.joining("\n"));
        var parquet =
                ParquetFileTest.write(folder.resolve("good.parquet"), "SELECT i, 'x' || i AS s FROM range(50) r(i)");
        var broken = 0;
        for (var whole : List.of(
                file("a.jsonl", lines, 0),
                file("b.jsonl", lines, 1),
                file("c.json", array, 0),
                file("d.json", "{\"data\":" + array + "}", 0),
                file("e.csv", csv(flat, "\n"), 0),
                file("f.csv", csv(flat, "\n"), 1),
                parquet)) {
            var bytes = Files.readAllBytes(whole);
            var rounds = whole.equals(parquet) ? 40 : 300;
            for (var round = 0; round < rounds; round++) {
                var path = Files.write(folder.resolve("damaged-" + whole.getFileName()), damaged(bytes, random));
                broken += fails(path) ? 1 : 0;
            }
        }
        assertThat(broken).isBetween(500, 1839);
    }

    /** Flips a few bytes, or cuts the end off. */
    private static byte[] damaged(byte[] bytes, SplittableRandom random) {
        var length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) + 1 : bytes.length;
        var damaged = Arrays.copyOf(bytes, length);
        for (var flips = random.nextInt(4); flips >= 0; flips--) {
            damaged[random.nextInt(length)] = (byte) random.nextInt(256);
        }
        return damaged;
    }

    /** Any exception other than a {@link UserException} fails the test. */
    private static boolean fails(Path path) {
        try {
            RowFiles.read(path, row -> {
                assertThat(row.values().isEmpty() && row.where().isEmpty()).isFalse();
                return true;
            });
            return false;
        } catch (UserException e) {
            assertThat(e.getMessage()).contains("damaged-");
            assertThat(e.getMessage().chars()).allMatch(c -> c >= ' ' && c != 0x7f);
            return true;
        }
    }

    private static List<ObjectNode> nestedRows(SplittableRandom random) {
        var rows = new ArrayList<ObjectNode>();
        for (var count = random.nextInt(1, 20); count > 0; count--) {
            var row = JsonNodeFactory.instance.objectNode();
            for (var keys = random.nextInt(1, 5); keys > 0; keys--) {
                row.set("k" + keys + text(random), node(random, 3));
            }
            rows.add(row);
        }
        return rows;
    }

    private static JsonNode node(SplittableRandom random, int depth) {
        var nodes = JsonNodeFactory.instance;
        return switch (random.nextInt(depth == 0 ? 6 : 8)) {
            case 0 -> nodes.nullNode();
            case 1 -> nodes.booleanNode(random.nextBoolean());
            case 2 -> nodes.numberNode(random.nextInt());
            case 3 -> nodes.numberNode(random.nextDouble(-1e6, 1e6));
            case 4, 5 -> nodes.stringNode(text(random));
            case 6 -> {
                var array = nodes.arrayNode();
                for (var count = random.nextInt(4); count > 0; count--) {
                    array.add(node(random, depth - 1));
                }
                yield array;
            }
            default -> {
                var object = nodes.objectNode();
                for (var count = random.nextInt(4); count > 0; count--) {
                    object.set("m" + count, node(random, depth - 1));
                }
                yield object;
            }
        };
    }

    private static List<ObjectNode> flatRows(SplittableRandom random) {
        var columns = random.nextInt(1, 5);
        var rows = new ArrayList<ObjectNode>();
        for (var count = random.nextInt(1, 20); count > 0; count--) {
            var row = JsonNodeFactory.instance.objectNode();
            for (var column = 0; column < columns; column++) {
                row.put("column" + column, text(random));
            }
            rows.add(row);
        }
        return rows;
    }

    private static String text(SplittableRandom random) {
        var text = new StringBuilder();
        for (var pieces = random.nextInt(8); pieces > 0; pieces--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private static String csv(List<ObjectNode> rows, String lineEnd) {
        var lines = new ArrayList<String>();
        lines.add(String.join(",", rows.get(0).propertyNames()));
        for (var row : rows) {
            lines.add(row.valueStream()
                    .map(value -> "\"" + value.stringValue().replace("\"", "\"\"") + "\"")
                    .collect(Collectors.joining(",")));
        }
        return String.join(lineEnd, lines) + lineEnd;
    }

    private static String sql(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static List<ObjectNode> values(Path path) {
        var values = new ArrayList<ObjectNode>();
        RowFiles.read(path, row -> values.add(row.values()));
        return values;
    }

    private Path file(String name, String text, int round) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return round % 2 == 0
                ? Files.write(folder.resolve(name), bytes)
                : Files.write(folder.resolve(name + ".gz"), RowFilesTest.gzip(bytes));
    }
}
