package dev.tandem.data.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.DataSource;
import dev.tandem.data.check.ExamplePreview.Stretch;
import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.format.ConversationFormat;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.ImplicitPreferenceFormat;
import dev.tandem.data.format.PreferenceFormat;
import dev.tandem.data.format.RowFormat;
import dev.tandem.data.format.SftFormat;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.data.tokenizer.TokenizerFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class DataCheckTest {
    @TempDir
    Path folder;

    @Test
    void findsRowsThatAreThereTwiceOrTrainedToo() throws IOException {
        var training = sft("train.jsonl", "a", "1", "b", "2", " a ", "1\n", "c", "3");
        var evaluation = sft("eval.jsonl", "b", "2", "c", "other", "d", "4", "", "5");
        var files = check(
                        Optional.empty(),
                        file("sft", false, training, new SftFormat()),
                        file("sft", true, evaluation, new SftFormat()))
                .files();
        assertThat(files.get(0).repetitions().within()).isEqualTo(at(training, 3));
        assertThat(files.get(1).repetitions().trained()).isEqualTo(at(evaluation, 1));
        assertThat(files.get(1).repetitions().prompts()).isEqualTo(at(evaluation, 2));
        assertThat(files.get(1).repetitions().trainingFile()).isFalse();
    }

    @Test
    void evaluationFilesAreComparedWhateverTheirPlaceInTheList() throws IOException {
        var training = sft("train.jsonl", "a", "1");
        var found = check(
                Optional.empty(),
                file("sft", true, sft("eval.jsonl", "a", "1"), new SftFormat()),
                file("sft", true, folder.resolve("../" + folder.getFileName() + "/train.jsonl"), new SftFormat()),
                file("sft", false, training, new SftFormat()));
        assertThat(found.files()).extracting(FileFindings::evaluation).containsExactly(true, true, false);
        assertThat(found.files().get(0).repetitions().trained().count()).isOne();
        assertThat(found.files().get(1).repetitions().trainingFile()).isTrue();
        assertThat(found.files().get(1).repetitions().trained().count()).isZero();
    }

    @Test
    void promptsThatTwoObjectivesTrainAreFoundUnderAnyTurnMarks() throws IOException {
        var pairs = pairs("\n\nHuman: Name a colour.\n\nAssistant:", "Red", "Rot", "Name a hill.", "A", "B");
        var found = check(
                Optional.empty(),
                file("sft", false, sft("train.jsonl", "Name a colour.", "Blue"), new SftFormat()),
                file("preference", false, pairs, new PreferenceFormat()));
        assertThat(found.files().get(1).repetitions().prompts()).isEqualTo(at(pairs, 1));
    }

    @Test
    void formatsOfTheSameTextsAreTheSameRows() throws IOException {
        var conversations = folder.resolve("c.jsonl");
        Files.writeString(conversations, """
                {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "1"}]}
                {"messages": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "1"}]}
                """);
        var implicit = folder.resolve("i.jsonl");
        Files.writeString(implicit, """
                {"chosen": "\\n\\nHuman: a\\n\\nAssistant: 1", "rejected": "\\n\\nHuman: a\\n\\nAssistant: 2"}
                {"chosen": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "1"}],
                """.replace("\"1\"}],\n", "\"1\"}], ") + """
                "rejected": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "2"}]}
                """);
        var found = check(
                Optional.empty(),
                file("c", false, conversations, new ConversationFormat()),
                file("i", false, implicit, new ImplicitPreferenceFormat()));
        assertThat(found.stopsARun()).isFalse();
        assertThat(found.files().get(0).repetitions().within()).isEqualTo(at(conversations, 2));
        assertThat(found.files().get(1).repetitions().prompts().count()).isEqualTo(2);
    }

    @Test
    void suspectsDoubledTemplatesSpecialTokensAndRepeatedPrompts() throws IOException {
        var file = sft(
                "rows.jsonl",
                "User: hi\nAssistant:",
                "a",
                "plain question, long enough to matter",
                "plain question, long enough to matter? Yes.",
                "x <|im_start|> y",
                "b",
                "fine",
                "ends with </s>");
        var template = Optional.of("User: {}\nAssistant:");
        try (var tokenizer = TokenizerFolder.plain(folder).load()) {
            var found = check(Optional.of(tokenizer), file("sft", false, file, new SftFormat(), template));
            assertThat(found.files().get(0).suspicions())
                    .isEqualTo(Map.of(
                            TextWarning.TEMPLATE_DOUBLED, at(file, 1),
                            TextWarning.PROMPT_IN_ANSWER, at(file, 2),
                            TextWarning.SPECIAL_TOKEN, at(file, 3)));
            assertThat(found.stopsARun()).isFalse();
        }
    }

    @Test
    void suspectsPairsOfWhichOneSideIsLonger() throws IOException {
        for (var longer : List.of(17, 18)) {
            var texts = IntStream.range(0, 20)
                    .boxed()
                    .flatMap(i -> i < longer
                            ? List.of("p" + i, "much longer", "short").stream()
                            : List.of("p" + i, "a", "bb").stream())
                    .toArray(String[]::new);
            var side = check(Optional.empty(), file("preference", false, pairs(texts), new PreferenceFormat()))
                    .files()
                    .get(0)
                    .longerSide()
                    .orElseThrow();
            assertThat(side.chosen()).isEqualTo(longer);
            assertThat(side.rejected()).isEqualTo(20 - longer);
            assertThat(side.suspicious()).isEqualTo(longer == 18);
        }
    }

    @Test
    void showsExamplesAsTheModelSeesThem() throws IOException {
        var file = sft("rows.jsonl", "the hill", "over 👨‍👩‍👧", "", "", "a", "b");
        try (var tokenizer = TokenizerFolder.withBos(folder).load()) {
            var found = check(Optional.of(tokenizer), file("sft", false, file, new SftFormat()))
                    .files()
                    .get(0);
            assertThat(found.examples()).hasSize(2);
            assertThat(found.examples().get(0).where()).isEqualTo(file + ":1");
            assertThat(found.examples().get(0).sequences().get(0))
                    .extracting(Stretch::text)
                    .containsExactly("<s>the hill", "over 👨‍👩‍👧</s>");
            assertThat(found.examples().get(0).sequences().get(0))
                    .extracting(Stretch::trained)
                    .containsExactly(false, true);
            assertThat(found.dropped()).containsEntry(DropReason.NO_TRAINED_TOKEN, at(file, 2));
            assertThat(found.kept()).hasValue(2);
        }
    }

    @Test
    void tellsWhatWouldStopARunAndGoesOnWithTheOtherFiles() throws IOException {
        var broken = folder.resolve("broken.jsonl");
        Files.writeString(broken, "{\"prompt\": \"a\", \"response\": \"b\"}\n{\"prompt\": \"a\"}\n{\"prompt\n");
        var found = check(
                Optional.empty(),
                file("sft", false, broken, new SftFormat()),
                file("sft", true, sft("eval.jsonl", "a", "b"), new SftFormat()));
        assertThat(found.files().get(0).errors())
                .hasSize(2)
                .satisfiesExactly(
                        missing -> assertThat(missing).contains(broken + ":2", "no column 'response'"),
                        cut -> assertThat(cut).contains(broken + ":3"));
        assertThat(found.files().get(0).readable()).isFalse();
        assertThat(found.files().get(1).repetitions().trained().count()).isOne();
        assertThat(found.stopsARun()).isTrue();
    }

    private static RowSample at(Path file, int line) {
        return new RowSample(1, List.of(file + ":" + line));
    }

    private static DataCheck check(Optional<TextTokenizer> tokenizer, CheckedFile... files) {
        return DataCheck.of(List.of(files), new DataCheck.Settings(tokenizer, 512, 2, false));
    }

    private static CheckedFile file(String objective, boolean evaluation, Path path, RowFormat format) {
        return file(objective, evaluation, path, format, Optional.empty());
    }

    private static CheckedFile file(
            String objective, boolean evaluation, Path path, RowFormat format, Optional<String> template) {
        var source = new DataSource(path, OptionalDouble.empty(), Map.of());
        var shape = format.shapes().get(0);
        var recipe = DataRecipe.reading(shape, source, format, template, 512, Overlong.TRUNCATE);
        return new CheckedFile(objective, evaluation, source, Optional.of(recipe), Integer.MAX_VALUE);
    }

    private Path sft(String name, String... promptsAndResponses) throws IOException {
        return write(name, List.of("prompt", "response"), promptsAndResponses);
    }

    private Path pairs(String... texts) throws IOException {
        return write("pairs.jsonl", List.of("prompt", "chosen", "rejected"), texts);
    }

    private Path write(String name, List<String> columns, String... texts) throws IOException {
        var values = Arrays.asList(texts);
        var width = columns.size();
        var rows = IntStream.range(0, values.size() / width)
                .mapToObj(i -> IntStream.range(0, width)
                        .boxed()
                        .collect(Collectors.toMap(columns::get, c -> values.get(i * width + c))))
                .map(row -> JsonMapper.shared().writeValueAsString(row))
                .toList();
        return Files.write(folder.resolve(name), rows);
    }
}
