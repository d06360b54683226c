package dev.tandem.data.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowFilesTest {
    @TempDir
    Path folder;

    @Test
    void jsonLinesEndWithLineFeedsOnly() throws IOException {
        var text = "{\"a\":\"x\u2028y\u2029z\u0085\"}\r\n\n \t\r\n{\"a\":2}";
        assertThat(shown(file("rows.jsonl", text)))
                .containsExactly("rows.jsonl:1 {\"a\":\"x\u2028y\u2029z\u0085\"}", "rows.jsonl:4 {\"a\":2}");
    }

    @Test
    void aByteOrderMarkIsLeftOut() throws IOException {
        assertThat(shown(file("rows.jsonl", "\ufeff{\"a\":1}\n"))).containsExactly("rows.jsonl:1 {\"a\":1}");
        assertThat(shown(file("rows.json", "\ufeff[{\"a\":1}]"))).containsExactly("rows.json:1, row 1 {\"a\":1}");
        assertThat(shown(file("rows.csv", "\ufeffa\n1\n"))).containsExactly("rows.csv:2 {\"a\":\"1\"}");
    }

    @Test
    void aFolderIsItsShardsInTheOrderOfTheirNames() throws IOException {
        var shards = Files.createDirectory(folder.resolve("shards"));
        Files.writeString(shards.resolve("part-00001.jsonl"), "{\"a\":2}\n{\"a\":3}\n");
        Files.writeString(shards.resolve("part-00000.csv"), "a\n1\n");
        Files.writeString(shards.resolve(".part-00000.csv.crc"), "x");
        assertThat(shown(shards))
                .containsExactly(
                        "part-00000.csv:2 {\"a\":\"1\"}",
                        "part-00001.jsonl:1 {\"a\":2}",
                        "part-00001.jsonl:2 {\"a\":3}");
        var first = new ArrayList<Row>();
        RowFiles.read(shards, row -> !first.add(row));
        assertThat(first).hasSize(1);

        Files.createFile(shards.resolve("part-00002.jsonl"));
        assertThatThrownBy(() -> shown(shards))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("part-00002");
        Files.createDirectory(shards.resolve("_temporary"));
        assertThatThrownBy(() -> shown(shards)).hasMessageContaining("is still being written");
        Files.createFile(shards.resolve("_SUCCESS"));
        assertThat(shown(shards)).hasSize(3);
        Files.createDirectory(shards.resolve("more"));
        assertThatThrownBy(() -> shown(shards)).hasMessageContaining("holds the folder more");
        assertThatThrownBy(() -> shown(shards.resolve("more"))).hasMessageContaining("without files of rows");
    }

    @Test
    void contentDecidesBetweenArrayAndLines() throws IOException {
        assertThat(shown(file("rows.jsonl", "[\n {\"a\":1},\n {\"a\":2}\n]\n")))
                .containsExactly("rows.jsonl:2, row 1 {\"a\":1}", "rows.jsonl:3, row 2 {\"a\":2}");
        assertThat(shown(file("rows.json", "{\"a\":1}\n{\"a\":2}\n")))
                .containsExactly("rows.json:1 {\"a\":1}", "rows.json:2 {\"a\":2}");
    }

    @Test
    void theOnlyArrayOfObjectsUnderAKeyHoldsTheRows() throws IOException {
        assertThat(shown(file(
                        "a.json", "{\"version\":[1,2],\"data\":[{\"a\":[{}]},\n{\"a\":2}],\"more\":{\"data\":[{}]}}")))
                .containsExactly("a.json:1, row 1 {\"a\":[{}]}", "a.json:2, row 2 {\"a\":2}");
        assertThat(shown(file("b.json", "{\"data\":[{\"a\":1}]}"))).containsExactly("b.json:1, row 1 {\"a\":1}");
        // A dialogue is a row, not rows.
        assertThat(shown(file("c.json", "{\"messages\":[{\"role\":\"user\"}]}")))
                .containsExactly("c.json:1 {\"messages\":[{\"role\":\"user\"}]}");
        assertThat(shown(file("row.json", "{\"a\":1}"))).containsExactly("row.json:1 {\"a\":1}");
        assertThat(failure(file("lines.json", "{\"a\":1}\n{\"a\":1,}"))).contains("lines.json:2", "comma too many");
        assertThat(failure(file("d.json", "{\n\"train\":[{}],\n\"test\":[{}]}")))
                .contains("train, test", "not clear");
        assertThat(failure(file("e.json", "{\n\"a\":1}"))).contains("none of its keys");
    }

    @Test
    void gzipIsToldByItsBytes() throws IOException {
        var packed = gzip("{\"a\":1}\n".getBytes(StandardCharsets.UTF_8));
        assertThat(shown(file("rows.jsonl", packed))).containsExactly("rows.jsonl:1 {\"a\":1}");
        assertThat(shown(file("rows.jsonl.gz", packed))).containsExactly("rows.jsonl.gz:1 {\"a\":1}");
        assertThat(shown(file("plain.jsonl.gz", "{\"a\":1}\n"))).containsExactly("plain.jsonl.gz:1 {\"a\":1}");
    }

    @Test
    void csvFieldsMayBeQuotedAndHoldLineEnds() throws IOException {
        var text = "prompt,\"the answer\"\r\n\"a \"\"b\"\", c\nd\",\r\n\r\n1,x\n";
        assertThat(shown(file("rows.csv", text)))
                .containsExactly(
                        "rows.csv:2 {\"prompt\":\"a \\\"b\\\", c\\nd\",\"the answer\":\"\"}",
                        "rows.csv:5 {\"prompt\":\"1\",\"the answer\":\"x\"}");
        assertThat(shown(file("rows.tsv", "a\tb\n1,5\t2"))).containsExactly("rows.tsv:2 {\"a\":\"1,5\",\"b\":\"2\"}");
    }

    @Test
    void aCarriageReturnBeforeAClosingQuoteBelongsToTheField() throws IOException {
        assertThat(shown(file("rows.csv", "a\n\"x\r\"\n\"y\"\n")))
                .containsExactly("rows.csv:2 {\"a\":\"x\\r\"}", "rows.csv:4 {\"a\":\"y\"}");
        assertThat(shown(file("old.csv", "a,b\r1,2\r3,4")))
                .hasSize(2)
                .last()
                .isEqualTo("old.csv:3 {\"a\":\"3\",\"b\":\"4\"}");
        assertThat(shown(file("one.csv", "a\n\"\"\n\n1\n")))
                .containsExactly("one.csv:2 {\"a\":\"\"}", "one.csv:4 {\"a\":\"1\"}");
    }

    @Test
    void theVisitorMayStopBeforeTheDamage() throws IOException {
        for (var path : List.of(
                file("rows.jsonl", "{\"a\":1}\n{broken"),
                file("rows.json", "[{\"a\":1},\n{broken"),
                file("rows.csv", "a\n1\n2,3\n"))) {
            var seen = new ArrayList<Row>();
            RowFiles.read(path, row -> {
                seen.add(row);
                return false;
            });
            assertThat(seen).hasSize(1);
        }
    }

    @Test
    void whatTheVisitorThrowsIsNotTouched() throws IOException {
        var path = file("rows.jsonl", "{\"a\":1}");
        var own = new IllegalStateException("mine");
        assertThatThrownBy(() -> RowFiles.read(path, row -> {
                    throw own;
                }))
                .isSameAs(own);
    }

    @Test
    void escapedLoneSurrogatesArriveAsTheyAre() throws IOException {
        var rows = rows(file("rows.jsonl", "{\"a\":\"x\\ud83d y\"}"));
        assertThat(rows.get(0).values().get("a").stringValue()).isEqualTo("x\ud83d y");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {"a":1,}                 | :2, column 8 | comma too many
            {"a":"cut                | :2, column   | cut off
            {"a":1} {"a":2}          | :2, column 9 | line of its own
            {"a":NaN}                | :2, column   | NaN and Infinity are not JSON
            {"a":-Infinity}          | :2, column   | NaN and Infinity are not JSON
            {"a":1,"a":2}            | :2, column 8 | "a" appears twice
            {"b":{"a":1,"a":2}}      | :2, column   | "a" appears twice
            [1]                      | :2, column 1 | found an array
            "text"                   | :2, column 1 | found a string
            {'a':1}                  | :2, column   | double quotes
            {"a":None}               | :2, column   | Python
            {"a":1e999}              | :2, column   | too large
            {"a":.5}                 | :2, column   | not valid JSON
            """)
    void mistakesInALineNameIt(String line, String where, String what) throws IOException {
        assertThat(failure(file("rows.jsonl", "{\"ok\":1}\n" + line + "\n"))).contains("rows.jsonl" + where, what);
    }

    @Test
    void mistakesInAnArrayNameTheLine() throws IOException {
        assertThat(failure(file("rows.json", "[{\"a\":1},\n{\"a\":2},\n{\"a\":")))
                .contains("rows.json:3", "cut off");
        assertThat(failure(file("rows.json", "[{\"a\":1},\n7]"))).contains("rows.json:2, column 1", "a number");
        assertThat(failure(file("rows.json", "[{\"a\":1}]\n{}"))).contains("rows.json:2", "more text follows");
        assertThat(failure(file("rows.json", "{\n\"a\":1}\n{}"))).contains("rows.json:3", "more text follows");
    }

    @Test
    void mistakesInCsvNameTheLine() throws IOException {
        assertThat(failure(file("rows.csv", "a,b\n1,2\n3\n"))).contains("rows.csv:3", "fields found: 1");
        assertThat(failure(file("rows.csv", "a,b\n1,2,3\n"))).contains("rows.csv:2", "fields found: 3");
        assertThat(failure(file("rows.csv", "a,b,a\n1,2,3\n"))).contains("rows.csv:1", "two columns", "\"a\"");
        assertThat(failure(file("rows.csv", "a,,b\n1,2,3\n"))).contains("rows.csv:1", "column 2", "no name");
        assertThat(failure(file("rows.csv", "a,b\n1,2\n3,\"x\n5,6\n"))).contains("rows.csv:3", "never closed");
        assertThat(failure(file("rows.csv", "a,b\n1,\"x\"y\n"))).contains("rows.csv:2", "closing quote");
        assertThat(failure(file("rows.csv", "a,b\n"))).contains("holds no rows");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE"})
    void wideEncodingsAreRefusedWithTheWayOut(String encoding) throws IOException {
        for (var text : List.of("{\"a\":1}", "\ufeff{\"a\":1}")) {
            var bytes = text.getBytes(Charset.forName(encoding));
            assertThat(failure(file("rows.jsonl", bytes))).contains("iconv -f " + encoding + " -t UTF-8");
            assertThat(failure(file("packed.jsonl", gzip(bytes)))).contains("gunzip -c old | iconv -f " + encoding);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"e9 20", "ff", "c0 80", "ed a0 80", "f4 90 80 80", "80", "e2 82"})
    void bytesThatAreNotUtf8AreNamed(String hex) throws IOException {
        var bad = new ByteArrayOutputStream();
        bad.writeBytes("{\"a\":1}\n{\"a\":\"".getBytes(StandardCharsets.UTF_8));
        for (var part : hex.split(" ")) {
            bad.write(Integer.parseInt(part, 16));
        }
        assertThat(failure(file("rows.jsonl", bad.toByteArray())))
                .contains("rows.jsonl:2, byte 7 of the line", hex.substring(0, 2), "not UTF-8");
        bad.writeBytes("\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(failure(file("rows.csv", bad.toByteArray()))).contains("rows.csv:2, byte 7 of the line");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n \r\n\n", "[]", "[ \n]"})
    void filesWithoutRowsSaySo(String text) throws IOException {
        for (var name : List.of("rows.json", "rows.jsonl", "rows.ndjson.gz")) {
            assertThat(failure(file(name, text))).contains(name + " holds no rows");
        }
    }

    @Test
    void whatIsNoDataIsRecognised() throws IOException {
        assertThat(failure(file("a.jsonl", "<!DOCTYPE html>\n<html>503"))).contains("a.jsonl:1", "web page");
        assertThat(failure(file("b.csv", "  <html>"))).contains("web page");
        assertThat(failure(file("c.jsonl", "version https://git-lfs.github.com/spec/v1\n")))
                .contains("git lfs pull");
        assertThat(failure(file("d.jsonl", new byte[100]))).contains("zero bytes");
        assertThat(failure(file("e.txt", "{}"))).contains("suffix", ".jsonl");
        assertThat(failure(file("f.parquet", "{}"))).contains("is not a Parquet file");
        assertThat(failure(Files.createDirectory(folder.resolve("empty"))))
                .contains("is a folder without files of rows");
        assertThat(failure(folder.resolve("absent.json"))).contains("does not exist");
    }

    @Test
    void aCutGzipStreamGivesItsRowsFirst() throws IOException {
        var text = new StringBuilder();
        for (var i = 0; i < 20_000; i++) {
            text.append("{\"a\":").append(i * 7919L % 10_007).append("}\n");
        }
        var packed = gzip(text.toString().getBytes(StandardCharsets.UTF_8));
        var path = file("rows.jsonl.gz", Arrays.copyOf(packed, packed.length / 2));
        var seen = new ArrayList<Row>();
        assertThatThrownBy(() -> RowFiles.read(path, seen::add))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("rows.jsonl.gz:" + (seen.size() + 1))
                .hasMessageContaining("cut");
        assertThat(seen.size()).isBetween(1000, 19_999);
    }

    @Test
    void rowsThatWouldFillTheHeapAreRefused() throws IOException {
        var long65 = "x".repeat(65 << 20);
        var line = gzip(("{\"a\":1}\n{\"a\":\"" + long65 + "\"}\n").getBytes(StandardCharsets.UTF_8));
        assertThat(failure(file("rows.jsonl.gz", line))).contains("rows.jsonl.gz:2", "64 MiB");
        var array = "[{\"a\":1},\n{\"a\":[\"" + long65 + "\"]}]";
        assertThat(failure(file("rows.json", array))).contains("rows.json, row 2", "64 MiB");
        assertThat(failure(file("rows.csv", "a\n1\n\"" + long65 + "\"\n"))).contains("rows.csv:3", "64 MiB");
    }

    @Test
    void limitsOfOneRowAreNamed() throws IOException {
        assertThat(failure(file("a.jsonl", "{\"a\":" + "[".repeat(100_000)))).contains("a.jsonl:1", "nesting");
        assertThat(failure(file("b.jsonl", "{\"a\":" + "9".repeat(100_000) + "}")))
                .contains("b.jsonl:1", "digits");
        assertThat(failure(file("c.jsonl", "{\"a\":[" + "{},".repeat(3_000_000) + "1]}")))
                .contains("c.jsonl:1", "values");
        assertThat(rows(file("d.jsonl", "{\"a\":" + "9".repeat(500) + "}"))).hasSize(1);
    }

    @Test
    void messagesNeverCarryControlCharacters() throws IOException {
        var evil = "\\u001b[31m\\u0007\\u202e";
        var failures = List.of(
                failure(file("a.jsonl", "{\"" + evil + "\":1,\"" + evil + "\":2}")),
                failure(file("b.jsonl", "{\"a\":x\u001b[31m\u0007}")),
                failure(file("c.jsonl", "{\"a\":\"\u001b[31m\"}")),
                failure(file("d.csv", "\u001b[31m,\u001b[31m\n1,2\n")),
                failure(folder.resolve("\u001b[31m.jsonl")));
        assertThat(failures)
                .allSatisfy(message -> assertThat(message.chars()).allMatch(c -> c >= ' ' && c != 0x7f && c != 0x202e));
    }

    private List<String> shown(Path path) {
        return rows(path).stream()
                .map(row -> Path.of(row.where()).getFileName() + " " + row.values())
                .toList();
    }

    private static List<Row> rows(Path path) {
        var rows = new ArrayList<Row>();
        RowFiles.read(path, rows::add);
        return rows;
    }

    private static String failure(Path path) {
        try {
            RowFiles.read(path, row -> true);
        } catch (UserException e) {
            return e.getMessage();
        }
        throw new AssertionError(path + " was read without an error");
    }

    private Path file(String name, String text) throws IOException {
        return file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    static byte[] gzip(byte[] bytes) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var stream = new GZIPOutputStream(packed)) {
            stream.write(bytes);
        }
        return packed.toByteArray();
    }
}
