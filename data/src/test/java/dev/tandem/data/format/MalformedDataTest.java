package dev.tandem.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tandem.UserException;
import dev.tandem.data.DataSource;
import dev.tandem.data.cache.TokenizationContext;
import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.RowWarning;
import dev.tandem.data.load.DataReport;
import dev.tandem.data.load.ObjectiveData;
import dev.tandem.data.tokenizer.ModelTokenizer;
import dev.tandem.data.tokenizer.TokenizerFolder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every damaged file, read as training reads it: one clear message, or rows dropped and counted. */
class MalformedDataTest {
    private static final Path CORPUS = Path.of("..", "testdata", "malformed");
    private static final int VOCABULARY = 512;
    private static final String TEMPLATE = """
            {%- for m in messages -%}
            {%- if m.role not in ['user', 'assistant'] -%}{{ raise_exception('Unknown role ' + m.role) }}{%- endif -%}
            {%- if (m.role == 'user') != (loop.index0 % 2 == 0) -%}{{ raise_exception('Roles must alternate') }}
            {%- endif -%}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>' }}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}
            """;

    @TempDir
    static Path model;

    @TempDir
    Path folder;

    @BeforeAll
    static void writeTokenizer() {
        TokenizerFolder.plain(model).edit("tokenizer_config.json", json -> json.put("chat_template", TEMPLATE));
    }

    record Case(String file, RowFormat format, JsonNode expected) {
        @Override
        public String toString() {
            return file;
        }
    }

    static Stream<Case> corpus() throws IOException {
        var cases = JsonMapper.shared().readTree(Files.readString(CORPUS.resolve("EXPECT.json")));
        return cases.valueStream()
                .map(c -> new Case(
                        c.get("file").stringValue(),
                        RowFormats.named(c.get("format").stringValue()).orElseThrow(),
                        c));
    }

    @Test
    void everyFileOfTheCorpusIsExpected() throws IOException {
        try (var files = Files.list(CORPUS)) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> !name.equals("EXPECT.json") && !name.equals("README.md")))
                    .containsExactlyInAnyOrderElementsOf(
                            corpus().map(Case::file).toList());
        }
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void isRefusedWithOneMessageOrCounted(Case file) {
        var refused = file.expected().path("refused");
        var failure = catchThrowable(() -> {
            var report = report(CORPUS.resolve(file.file()), file.format());
            assertThat(report.rows()).isEqualTo(file.expected().get("rows").intValue());
            assertThat(names(report.dropped())).isEqualTo(file.expected().path("dropped"));
            assertThat(names(report.notes())).isEqualTo(file.expected().path("notes"));
        });
        if (refused.isMissingNode()) {
            assertThat(failure).isNull();
            return;
        }
        assertThat(failure).isInstanceOf(UserException.class);
        refused.forEach(phrase -> assertThat(failure).hasMessageContaining(phrase.stringValue()));
        assertThat(failure.getMessage()).doesNotContain("Exception").matches("(?s)[\\P{Cntrl}\\n]*");
    }

    @Test
    void aFolderOrNothingIsNoFile() {
        assertThatThrownBy(() -> report(folder, new SftFormat()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("is a folder without files of rows");
        assertThatThrownBy(() -> report(folder.resolve("gone.jsonl"), new SftFormat()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("gone.jsonl does not exist");
    }

    @Test
    void rowsOfMegabytesAreCutOrDropped() throws IOException {
        var long1 = "the sun shines over the hill. ".repeat(35_000);
        var unbroken = "a".repeat(200_000);
        var file = folder.resolve("long.jsonl");
        Files.writeString(
                file,
                row("a", "b", "c") + row(long1, "b", "c") + row("a", long1, "c") + row("a", unbroken, unbroken + "b"));
        var report = report(file, new PreferenceFormat());
        assertThat(report.rows()).isEqualTo(4);
        assertThat(report.dropped()).isEqualTo(Map.of(DropReason.PROMPT_TOO_LONG, 1));
        assertThat(report.notes()).containsEntry(RowWarning.RESPONSE_CUT, 2);
    }

    @Test
    void aGzipBombIsRefusedAtItsRow() throws IOException {
        var file = folder.resolve("bomb.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write((row("a", "b", "c") + "{\"prompt\": \"").getBytes(StandardCharsets.UTF_8));
            for (var i = 0; i < 120; i++) {
                out.write(new byte[1 << 20]);
            }
        }
        assertThat(Files.size(file)).isLessThan(200_000);
        assertThatThrownBy(() -> report(file, new PreferenceFormat()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("bomb.jsonl.gz:2: this row is longer than 64 MiB");
    }

    @Test
    void nestedParquetIsReadOrNamedByRow() throws SQLException {
        var good = parquet("good", """
                SELECT [{'role': 'user', 'content': 'Hi'}, {'role': 'assistant', 'content': 'Hello'}] AS messages
                FROM range(3)""");
        assertThat(report(good, new ConversationFormat()).kept()).isEqualTo(3);
        var structs = parquet("structs", """
                SELECT 'a' AS prompt, 'b' AS rejected,
                       CASE WHEN i = 4 THEN {'text': NULL} ELSE {'text': 'x'} END AS chosen FROM range(6) r(i)""");
        assertThatThrownBy(() -> report(structs, new PreferenceFormat()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("structs.parquet, row 1: column 'chosen' holds an object; a text was expected");
        var nulls = parquet("nulls", """
                SELECT 'a' AS prompt, 'b' AS chosen, CASE WHEN i <> 4 THEN 'c' END AS rejected FROM range(6) r(i)""");
        assertThatThrownBy(() -> report(nulls, new PreferenceFormat()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("nulls.parquet, row 5: column 'rejected' is null");
    }

    private Path parquet(String name, String query) throws SQLException {
        var file = folder.resolve(name + ".parquet");
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement()) {
            statement.execute("COPY (" + query + ") TO '" + file + "' (FORMAT parquet)");
        }
        return file;
    }

    private static String row(String prompt, String chosen, String rejected) {
        return JsonMapper.shared().writeValueAsString(Map.of("prompt", prompt, "chosen", chosen, "rejected", rejected))
                + "\n";
    }

    private static JsonNode names(Map<? extends Enum<?>, Integer> counts) {
        if (counts.isEmpty()) {
            return JsonMapper.shared().missingNode();
        }
        var result = JsonMapper.shared().createObjectNode();
        counts.forEach((key, count) -> result.put(key.name(), count));
        return result;
    }

    private static DataReport.FileReport report(Path file, RowFormat format) {
        var recipe = DataRecipe.reading(
                format.shapes().get(0),
                new DataSource(file, OptionalDouble.empty(), Map.of()),
                format,
                Optional.empty(),
                128,
                Overlong.TRUNCATE);
        try (var tokenizer = new ModelTokenizer(model)) {
            var encoding = new TokenizationContext(tokenizer, VOCABULARY, Optional.empty());
            return ObjectiveData.load("rows", recipe, encoding, 1, message -> {})
                    .report()
                    .files()
                    .get(0);
        }
    }
}
