package dev.tandem.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.DataSource;
import dev.tandem.data.bpe.BpeTrainer;
import dev.tandem.data.bpe.TokenizerFiles;
import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.format.ConversationFormat;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.LabelledFormat;
import dev.tandem.data.format.PreferenceFormat;
import dev.tandem.data.format.RowFormat;
import dev.tandem.data.format.SftFormat;
import dev.tandem.data.format.TokensFormat;
import dev.tandem.data.source.RowStream;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.io.AtomicFiles;
import dev.tandem.spark.tokens.InputRows;
import dev.tandem.spark.tokens.SparkTokenization;
import dev.tandem.spark.tokens.SparkTokenization.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.apache.spark.sql.SparkSession;
import tools.jackson.databind.json.JsonMapper;

/** Compares tokens from Spark with tokens from the core, row by row, from several sources into both kinds of shards. */
final class TokenizationCheck {
    private static final int VOCABULARY = 300;
    private static final int ROWS = 120;
    private static final String TEMPLATE = "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}{{ eos_token }}"
            + "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";
    private static final List<String> WORDS =
            List.of("the hill", "over", "a line", "émile", "𝄞", "\"quoted\", yes", "two\nlines", " ");

    private final SparkSession session;
    private final Path folder;
    private final Path model;
    private final SplittableRandom random = new SplittableRandom(7);

    TokenizationCheck(SparkSession session, Path folder) {
        this.session = session;
        this.folder = folder;
        this.model = folder.resolve("model");
    }

    void run() throws IOException {
        TokenizerFiles.write(
                BpeTrainer.train(List.of("the hill over the hill", "a line"), VOCABULARY, List.of("<s>", "</s>")),
                new TokenizerFiles.Roles(
                        Optional.of("<s>"), Optional.of("</s>"), Optional.empty(), Optional.of(TEMPLATE), 512),
                model);
        AtomicFiles.write(model.resolve("config.json"), """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 300, "hidden_size": 32,
                 "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
                 "max_position_embeddings": 4000, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu",
                 "tie_word_embeddings": true, "torch_dtype": "float32"}
                """);
        var chats = rows("chats.jsonl", i -> Map.of("messages", messages(1 + random.nextInt(4))));
        check(
                InputRows.ofFiles(session, chats.toString(), InputRows.Format.JSONL),
                chats,
                new ConversationFormat(),
                RowShape.RESPONSE,
                Output.PARQUET);

        var pairs = rows("pairs.jsonl", i -> Map.of("prompt", text(5), "chosen", text(9), "rejected", text(9)));
        var parquet = folder.resolve("pairs.parquet").toString();
        session.read().json(pairs.toString()).coalesce(1).write().parquet(parquet);
        session.read().parquet(parquet).createOrReplaceTempView("pairs");
        check(
                InputRows.ofQuery(session, "SELECT prompt, chosen, rejected FROM pairs"),
                pairs,
                new PreferenceFormat(),
                RowShape.PAIR,
                Output.JSONL);

        var csv = folder.resolve("answers.csv");
        var text = new StringBuilder("prompt,response\n");
        for (var i = 0; i < ROWS; i++) {
            text.append(quoted(text(5))).append(',').append(quoted(text(9))).append('\n');
        }
        Files.writeString(csv, text);
        check(
                InputRows.ofFiles(session, csv.toString(), InputRows.format(csv.toString())),
                csv,
                new SftFormat(),
                RowShape.RESPONSE,
                Output.PARQUET);

        var labelled = rows(
                "labelled.jsonl", i -> Map.of("prompt", text(5), "response", text(9), "label", random.nextBoolean()));
        check(
                InputRows.ofFiles(session, labelled.toString(), InputRows.Format.JSONL),
                labelled,
                new LabelledFormat(),
                RowShape.LABELLED,
                Output.PARQUET);
        broken();
    }

    private void broken() throws IOException {
        var file = Files.writeString(
                folder.resolve("broken.jsonl"),
                "{\"prompt\": \"a\", \"response\": \"b\"}\n\n{\"prompt\": \"the one\"}\n");
        var tokenization = new SparkTokenization(model, recipe(new SftFormat(), RowShape.RESPONSE, file), Map.of());
        var input = InputRows.ofFiles(session, file.toString(), InputRows.Format.JSONL);
        assertThatThrownBy(
                        () -> tokenization.run(input, folder.resolve("broken").toString(), Output.PARQUET))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(
                        "broken.jsonl, the row that begins with {\"prompt\": \"the one\"}: no column 'response'");
        assertThatThrownBy(() -> InputRows.ofFiles(session, folder + "/no.jsonl", InputRows.Format.JSONL))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no.jsonl");
    }

    private void check(InputRows input, Path file, RowFormat format, RowShape shape, Output output) throws IOException {
        var recipe = recipe(format, shape, file);
        var expected = new ArrayList<EncodedRow>();
        try (var tokenizer = TextTokenizer.load(model)) {
            RowStream.read(recipe.sources().get(0), recipe, Optional.of(tokenizer), VOCABULARY, expected::add);
        }
        var shards = folder.resolve("shards-" + format.name() + output);
        var report = new SparkTokenization(model, recipe, Map.of()).run(input, shards.toString(), output);

        var written = new ArrayList<EncodedRow>();
        var tokens = recipe(new TokensFormat(), shape, shards);
        RowStream.read(tokens.sources().get(0), tokens, Optional.empty(), VOCABULARY, written::add);
        assertThat(kept(written)).isEqualTo(kept(expected)).hasSize((int) report.kept());
        assertThat(report.rows()).isEqualTo(ROWS);
        assertThat(report.dropped().values().stream().mapToLong(n -> n).sum())
                .isEqualTo(expected.stream()
                        .filter(EncodedRow.Dropped.class::isInstance)
                        .count())
                .isPositive();
        var counts = JsonMapper.shared().readTree(Files.readString(shards.resolve(SparkTokenization.COUNTS)));
        assertThat(counts.path("kept").longValue()).isEqualTo(report.kept());
        assertThat(report.dropped()).containsKey(DropReason.NO_TRAINED_TOKEN);
        assertThat(shards.resolve("_SUCCESS")).exists();
    }

    /** Sequences and labels, because notes are not stored. */
    private static List<List<Object>> kept(List<EncodedRow> rows) {
        return rows.stream()
                .filter(EncodedRow.Kept.class::isInstance)
                .map(EncodedRow.Kept.class::cast)
                .map(row -> List.<Object>of(row.sequences(), row.label()))
                .toList();
    }

    private static DataRecipe recipe(RowFormat format, RowShape shape, Path file) {
        var source = new DataSource(file, OptionalDouble.empty(), Map.of());
        return DataRecipe.reading(shape, source, format, Optional.empty(), 64, Overlong.TRUNCATE);
    }

    private interface Columns {
        Map<String, Object> of(int row);
    }

    private Path rows(String name, Columns columns) throws IOException {
        var lines = new ArrayList<String>();
        for (var i = 0; i < ROWS; i++) {
            lines.add(JsonMapper.shared().writeValueAsString(columns.of(i)));
        }
        return Files.write(folder.resolve(name), lines);
    }

    private List<Map<String, String>> messages(int turns) {
        var result = new ArrayList<Map<String, String>>();
        for (var turn = 0; turn < turns; turn++) {
            result.add(Map.of("role", "user", "content", text(4)));
            result.add(Map.of("role", "assistant", "content", text(4)));
        }
        return result;
    }

    /** Sometimes empty. */
    private String text(int most) {
        var text = new StringBuilder();
        for (var words = random.nextInt(most); words > 0; words--) {
            text.append(WORDS.get(random.nextInt(WORDS.size()))).append(' ');
        }
        return text.toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }
}
