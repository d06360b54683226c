package dev.tandem.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.cache.TokenizationContext;
import dev.tandem.data.check.CheckedFile;
import dev.tandem.data.check.DataCheck;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.rows.Row;
import dev.tandem.data.tokenizer.ModelTokenizer;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.data.tokenizer.TokenizerFolder;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program's own row format passes through every stage of data handling. */
class OwnFormatTest {
    private static final int VOCABULARY = 330;
    private static final List<RowFormat> FORMATS = Stream.concat(
                    RowFormats.ALL.stream(), Stream.of(new QuestionFormat()))
            .toList();

    @TempDir
    Path folder;

    private Path model;

    /** question, answer. */
    private record QuestionFormat() implements RowFormat {
        @Override
        public String name() {
            return "question";
        }

        @Override
        public List<RowShape> shapes() {
            return List.of(RowShape.RESPONSE);
        }

        @Override
        public List<String> columns(RowShape shape) {
            return List.of("question", "answer");
        }

        @Override
        public boolean takesTemplate() {
            return true;
        }

        @Override
        public RowEncoder encoder(RowShape shape, RowColumns columns, EncodingContext context) {
            var texts = context.texts();
            return row ->
                    texts.one(row.where(), context.prompt(columns.text(row, "question")), columns.text(row, "answer"));
        }

        @Override
        public Optional<RowTexts> texts(RowShape shape, Row row, RowColumns columns) {
            return RowTexts.of(row, columns, "question", "answer");
        }

        @Override
        public Optional<PromptRow> prompt() {
            return Optional.of(PromptRow.of(List.of("question"), "answer"));
        }
    }

    @BeforeEach
    void writeFiles() throws IOException {
        model = TokenizerFolder.withBos(folder.resolve("model")).path();
        Files.writeString(folder.resolve("own.jsonl"), """
                {"question": "how", "reply": "the hill"}
                {"question": "why", "reply": "the sea"}
                {"question": "why", "reply": "the sea"}
                """);
        Files.writeString(folder.resolve("sft.jsonl"), """
                {"prompt": "how", "response": "the hill"}
                {"prompt": "why", "response": "the sea"}
                {"prompt": "why", "response": "the sea"}
                """);
    }

    private DataRecipe recipe(String yaml) {
        var section =
                Section.root("recipe.yaml", YamlReader.read(yaml.replace("FOLDER", folder.toString()), "recipe.yaml"));
        var recipe = DataRecipe.parse(section, RowShape.RESPONSE, "sft", FORMATS);
        section.close();
        return recipe;
    }

    private DataRecipe own() {
        return recipe("""
                data: {path: FOLDER/own.jsonl, columns: {answer: reply}}
                format: question
                template: "User: {} Assistant: "
                eval-fraction: 0
                batch-size: 1
                """);
    }

    @Test
    void isNamedInARecipeAndEncodedCachedAndWrittenBack() {
        var same = recipe("""
                data: FOLDER/sft.jsonl
                format: sft
                template: "User: {} Assistant: "
                eval-fraction: 0
                batch-size: 1
                """);
        assertThat(own().settings()).containsEntry("format", "question");
        var expected = sequences(same);
        var cache = folder.resolve("cache");
        for (var run = 0; run < 2; run++) {
            var messages = new ArrayList<String>();
            assertThat(sequences(own(), Optional.of(cache), messages)).isEqualTo(expected);
            assertThat(messages).isEmpty();
        }
        assertThat(cache.resolve("tokens")).isDirectoryContaining("glob:**.tok");
    }

    private List<List<TokenSequence>> sequences(DataRecipe recipe) {
        return sequences(recipe, Optional.empty(), new ArrayList<>());
    }

    private List<List<TokenSequence>> sequences(DataRecipe recipe, Optional<Path> cache, List<String> messages) {
        try (var tokenizer = new ModelTokenizer(model)) {
            return new TokenizationContext(tokenizer, VOCABULARY, cache)
                    .read(recipe.sources().get(0), recipe, 100, messages::add).kept().stream()
                            .map(row -> List.copyOf(row.sequences()))
                            .toList();
        }
    }

    @Test
    void itsPromptsAreAskedAsTheyAreTrained() {
        try (var tokenizer = TextTokenizer.load(model)) {
            var prompts = PromptEncoder.of(
                    new QuestionFormat(), Optional.of("User: {} "), Map.of("question", "q"), tokenizer, VOCABULARY);
            assertThat(tokenizer.decode(prompts.encode(Row.parse("row", "{\"q\": \"how\"}"))))
                    .isEqualTo("<s>User: how");
        }
    }

    @Test
    void itsRowsAreChecked() {
        var recipe = own();
        var file = new CheckedFile("sft", false, recipe.sources().get(0), Optional.of(recipe), 100);
        var found = DataCheck.of(List.of(file), new DataCheck.Settings(Optional.empty(), VOCABULARY, 0, false))
                .files()
                .get(0);
        assertThat(found.errors()).isEmpty();
        assertThat(found.format()).contains(new QuestionFormat());
        assertThat(found.repetitions().within().count()).isOne();
    }

    @Test
    void mistakesAreNamedAsForAnyFormat() {
        assertThatThrownBy(() -> recipe("{data: a.jsonl, format: questions, batch-size: 1}"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("recipe.yaml:1: format")
                .hasMessageContaining("question");
        assertThatThrownBy(() -> recipe("""
                format: question
                data: {path: a.jsonl, columns: {reply: answer}}
                batch-size: 1
                """))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("recipe.yaml:2: data: columns: format question has no column 'reply'; it has"
                        + " question, answer.");
        var section = Section.root("r", YamlReader.read("{data: a.jsonl, format: question, batch-size: 1}", "r"));
        assertThatThrownBy(() -> DataRecipe.parse(section, RowShape.PAIR, "dpo", FORMATS))
                .hasMessageContaining("loss: dpo learns from pairs, but rows of format question are single responses."
                        + " Use tokens, preference or implicit-preference.");
    }
}
