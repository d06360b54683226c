package dev.tandem.data.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.rows.Row;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.experiment.demo.world.DemoWorld;
import dev.tandem.experiment.demo.world.Sizes;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** From a row of messages to tokens through a model folder's own tokenizer and chat template. */
class ChatTemplateRowsTest {
    private static final String MESSAGES = """
            {"messages": [{"role": "user", "content": "What is 7 plus 5?"}, {"role": "assistant", "content": "12"},
                          {"role": "user", "content": "And 2 more?"}, {"role": "assistant", "content": "14"}]}
            """;

    @TempDir
    Path folder;

    @Test
    void assistantTurnsAreTrainedAndTheTextIsTheTemplates() {
        var files = DemoWorld.generate(1, new Sizes(60_000, 10, 5, 10, 5, 400)).write(folder);
        try (var tokenizer = TextTokenizer.load(files.tokenizer())) {
            var kept = (EncodedRow.Kept) encoder(new ConversationFormat(), RowShape.RESPONSE, tokenizer)
                    .encode(row(MESSAGES));
            var sequence = kept.sequences().get(0);
            assertThat(tokenizer.decode(sequence.ids()))
                    .isEqualTo("User: What is 7 plus 5?\nAssistant: 12<|endoftext|>"
                            + "User: And 2 more?\nAssistant: 14<|endoftext|>");
            assertThat(trained(sequence, tokenizer)).isEqualTo(" 12<|endoftext|> 14<|endoftext|>");
        }
    }

    @Test
    void preferencePairsOfMessagesShareTheirPrompt() {
        var files = DemoWorld.generate(1, new Sizes(60_000, 10, 5, 10, 5, 400)).write(folder);
        try (var tokenizer = TextTokenizer.load(files.tokenizer())) {
            var kept = (EncodedRow.Kept)
                    encoder(new PreferenceFormat(), RowShape.PAIR, tokenizer).encode(row("""
                            {"prompt": [{"role": "user", "content": "Capital?"}],
                             "chosen": [{"role": "assistant", "content": "Of course! Pell."}],
                             "rejected": [{"role": "assistant", "content": "Pell."}]}
                            """));
            assertThat(trained(kept.sequences().get(0), tokenizer)).isEqualTo(" Of course! Pell.<|endoftext|>");
            assertThat(trained(kept.sequences().get(1), tokenizer)).isEqualTo(" Pell.<|endoftext|>");
            assertThat(tokenizer.decode(kept.sequences().get(1).ids())).startsWith("User: Capital?\nAssistant:");
        }
    }

    private static RowEncoder encoder(RowFormat format, RowShape shape, TextTokenizer tokenizer) {
        var source = new DataSource(Path.of("rows.jsonl"), OptionalDouble.empty(), Map.of());
        var recipe = DataRecipe.reading(shape, source, format, Optional.empty(), 128, Overlong.TRUNCATE);
        return recipe.encoder(Map.of(), Optional.of(tokenizer), tokenizer.vocabSize());
    }

    private static Row row(String json) {
        return new Row("rows.jsonl:1", (ObjectNode) JsonMapper.shared().readTree(json));
    }

    private static String trained(TokenSequence sequence, TextTokenizer tokenizer) {
        var ids = new int[sequence.trainedTokens()];
        var count = 0;
        for (var i = 0; i < sequence.length(); i++) {
            if (sequence.trained()[i]) {
                ids[count++] = sequence.ids()[i];
            }
        }
        return tokenizer.decode(Arrays.copyOf(ids, count));
    }
}
