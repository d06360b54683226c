package dev.tandem.data.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.RowWarning;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.rows.Row;
import dev.tandem.data.rows.RowFiles;
import dev.tandem.data.source.RowStream;
import dev.tandem.data.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Rows of the shapes that common data sets have become the ids that transformers computes, and the same ones are trained. */
class PublicRowsTest {
    private static final Path CASES = Path.of("..", "testdata", "cases");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "22, conversation",
        "23, conversation",
        "24, conversation",
        "25, conversation",
        "26, conversation",
        "30, ",
        "31, ",
        "32, conversation",
        "33, conversation",
        "37, conversation",
        "38, conversation",
        "39, preference",
        "40, ",
        "41, implicit-preference",
        "43, conversation",
        "44, ",
        "45, conversation",
        "46, conversation",
        "47, ",
    })
    void areEncodedAsTransformersDoes(String number, String format) throws IOException {
        var expected = JsonMapper.shared().readTree(Files.readString(CASES.resolve(number + "/expected.json")));
        var rows = encoded(number, Optional.ofNullable(format));
        assertThat(rows).isNotEmpty();
        for (var row : rows) {
            assertThat(row).isInstanceOf(EncodedRow.Kept.class);
            var sequences = ((EncodedRow.Kept) row).sequences();
            if (expected.has("chosen")) {
                check(sequences.get(0), expected.path("chosen"));
                check(sequences.get(1), expected.path("rejected"));
            } else {
                check(sequences.get(0), expected);
            }
        }
    }

    @Test
    void dialoguesInTextsShareWhatPrecedesTheFirstDifference() throws IOException {
        var expected = JsonMapper.shared().readTree(Files.readString(CASES.resolve("42/expected.json")));
        var row = rows(CASES.resolve("42/rows.jsonl")).get(0);
        var texts = new ImplicitPreferenceFormat()
                .texts(RowShape.PAIR, row, RowFormats.columns(new ImplicitPreferenceFormat(), RowShape.PAIR, Map.of()));
        assertThat(texts)
                .contains(new RowTexts(
                        expected.path("prompt").stringValue(),
                        List.of(
                                expected.path("chosen").stringValue(),
                                expected.path("rejected").stringValue())));
        assertThat(encoded("42", Optional.of("implicit-preference"))).allMatch(EncodedRow.Kept.class::isInstance);
    }

    @Test
    void turnsThatTheTemplateRewritesAreCounted() throws IOException {
        var row = (EncodedRow.Kept) encoded("36", Optional.of("conversation")).get(0);
        assertThat(row.notes()).containsExactly(RowWarning.TURNS_REWRITTEN);
        assertThat(row.turns()).isEqualTo(new EncodedRow.TurnCounts(1, 1));
    }

    private static void check(TokenSequence sequence, JsonNode expected) {
        assertThat(sequence.ids())
                .isEqualTo(expected.path("ids")
                        .valueStream()
                        .mapToInt(JsonNode::intValue)
                        .toArray());
        var trained = expected.path("trained")
                .valueStream()
                .flatMapToInt(span ->
                        IntStream.range(span.get(0).intValue(), span.get(1).intValue()))
                .boxed()
                .toList();
        assertThat(IntStream.range(0, sequence.length())
                        .filter(i -> sequence.trained()[i])
                        .boxed()
                        .toList())
                .isEqualTo(trained);
    }

    private List<EncodedRow> encoded(String number, Optional<String> name) throws IOException {
        var file = Stream.of("rows.jsonl", "rows.parquet")
                .map(CASES.resolve(number)::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
        var format = name.flatMap(RowFormats::named)
                .or(() -> RowFormats.guess(RowStream.columns(file), Map.of()))
                .orElseThrow();
        var recipe = DataRecipe.reading(
                format.shapes().get(0),
                new DataSource(file, OptionalDouble.empty(), Map.of()),
                format,
                Optional.empty(),
                512,
                Overlong.TRUNCATE);
        try (var tokenizer = TextTokenizer.load(model(number))) {
            var encoder = recipe.encoder(Map.of(), Optional.of(tokenizer), 400);
            return rows(file).stream().map(encoder::encode).toList();
        }
    }

    private static List<Row> rows(Path file) {
        var rows = new ArrayList<Row>();
        RowFiles.read(file, rows::add);
        return rows;
    }

    /** The tokenizer with the case's own template, if it has one. */
    private Path model(String number) throws IOException {
        for (var from : List.of(CASES.resolve("chatml"), CASES.resolve(number))) {
            for (var name : List.of("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")) {
                if (Files.exists(from.resolve(name))) {
                    Files.write(folder.resolve(name), Files.readAllBytes(from.resolve(name)));
                }
            }
        }
        return folder;
    }
}
