package dev.tandem.experiment.demo.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.tandem.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class DemoWorldTest {
    private static final Sizes SMALL = new Sizes(60_000, 300, 60, 150, 50, 400);
    private static final DemoWorld WORLD = DemoWorld.generate(42, Sizes.defaults());

    @TempDir
    Path folder;

    @Test
    void theSameSeedWritesTheSameBytesAndAnotherSeedDoesNot() throws IOException {
        DemoWorld.generate(7, SMALL).write(folder.resolve("a"));
        DemoWorld.generate(7, SMALL).write(folder.resolve("b"));
        DemoWorld.generate(8, SMALL).write(folder.resolve("c"));

        var first = contents(folder.resolve("a"));
        assertThat(first.keySet())
                .containsExactlyInAnyOrder(
                        "corpus.txt",
                        "sft-train.jsonl",
                        "sft-eval.jsonl",
                        "preference-train.jsonl",
                        "preference-eval.jsonl",
                        "tokenizer/tokenizer.json",
                        "tokenizer/tokenizer_config.json",
                        "tokenizer/special_tokens_map.json");
        assertThat(contents(folder.resolve("b"))).isEqualTo(first);
        assertThat(contents(folder.resolve("c")).get("sft-train.jsonl")).isNotEqualTo(first.get("sft-train.jsonl"));
    }

    @Test
    void holdsAsMuchAsAskedFor() {
        var sizes = Sizes.defaults();
        assertThat(WORLD.sftTrain()).hasSize(sizes.sftTrain());
        assertThat(WORLD.sftEval()).hasSize(sizes.sftEval());
        assertThat(WORLD.preferenceTrain()).hasSize(sizes.preferenceTrain());
        assertThat(WORLD.preferenceEval()).hasSize(sizes.preferenceEval());
        assertThat(WORLD.corpus().stream().mapToInt(String::length).sum())
                .isBetween(sizes.corpusCharacters(), sizes.corpusCharacters() + 1_000);
        assertThat(WORLD.trainTokenizer().vocabSize()).isEqualTo(sizes.vocabSize());
    }

    @Test
    void noPromptOccursTwice() {
        var prompts = new ArrayList<String>();
        WORLD.samplePrompts().forEach(sample -> prompts.add(sample.prompt()));
        instructions().forEach(row -> prompts.add(row.prompt()));
        pairs().forEach(row -> prompts.add(row.prompt()));

        assertThat(prompts).doesNotHaveDuplicates();
    }

    @Test
    void theCorpusHoldsNoPromptThatIsHeldOut() {
        var asked = WORLD.corpus().stream()
                .filter(document -> document.startsWith("User: "))
                .map(document -> document.substring("User: ".length(), document.indexOf("\nAssistant: ")))
                .collect(Collectors.toSet());
        assertThat(asked).hasSizeGreaterThan(1_000);
        WORLD.samplePrompts().forEach(row -> assertThat(asked).doesNotContain(row.prompt()));
        WORLD.sftEval().forEach(row -> assertThat(asked).doesNotContain(row.prompt()));
        WORLD.preferenceEval().forEach(row -> assertThat(asked).doesNotContain(row.prompt()));
    }

    @Test
    void everyRowFitsIntoTheModelsLength() throws IOException {
        var files = WORLD.write(folder);
        try (var tokenizer = HuggingFaceTokenizer.newInstance(
                files.tokenizer().resolve("tokenizer.json"), Map.of("truncation", "false", "padding", "false"))) {
            for (var text : rendered()) {
                var ids = tokenizer.encode(text, false, false).getIds();
                assertThat(ids.length + 1).as(text).isLessThanOrEqualTo(WorldFiles.MAX_TOKENS);
            }
        }
    }

    @Test
    void writesTheColumnsOfTheRowFormats() throws IOException {
        var files = DemoWorld.generate(3, SMALL).write(folder);
        assertThat(columns(files.sftTrain())).containsExactly("instruction", "input", "output");
        assertThat(columns(files.sftEval())).containsExactly("instruction", "input", "output");
        assertThat(columns(files.preferenceTrain())).containsExactly("prompt", "chosen", "rejected");
        assertThat(columns(files.preferenceEval())).containsExactly("prompt", "chosen", "rejected");
        assertThat(Files.readAllLines(files.sftTrain())).hasSize(SMALL.sftTrain());
        assertThat(Files.readString(files.corpus()).strip().split("\n\n"))
                .isEqualTo(DemoWorld.generate(3, SMALL).corpus().toArray());
    }

    @Test
    void answersAreRight() {
        var sums =
                Pattern.compile("(?:What is (\\d+) plus (\\d+)\\?|Add (\\d+) and (\\d+)\\.|(\\d+) \\+ (\\d+) = \\?)");
        var checked = 0;
        for (var row : instructions().toList()) {
            var sum = sums.matcher(row.instruction());
            var word = Pattern.compile("Reverse the word (\\w+)\\.").matcher(row.instruction());
            if (sum.matches()) {
                var total = 0;
                for (var group = 1; group <= 6; group++) {
                    total += sum.group(group) == null ? 0 : Integer.parseInt(sum.group(group));
                }
                assertThat(row.output()).as(row.instruction()).isEqualTo(String.valueOf(total));
                checked++;
            } else if (word.matches()) {
                assertThat(row.output())
                        .isEqualTo(new StringBuilder(word.group(1)).reverse().toString());
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(50);
    }

    @Test
    void theCorpusTellsWhatHeldOutQuestionsAskFor() {
        var corpus = String.join("\n", WORLD.corpus());
        var capital = Pattern.compile("What is the capital of (\\w+)\\?");
        var checked = 0;
        for (var pair : WORLD.preferenceEval()) {
            var asked = capital.matcher(pair.prompt());
            if (asked.matches()) {
                assertThat(corpus).contains("The capital of " + asked.group(1) + " is ");
                checked++;
            }
        }
        assertThat(checked).isPositive();
    }

    @Test
    void preferencesPullAgainstTheInstructions() {
        var ordinary = pairs().filter(pair -> !refuses(pair.chosen())).toList();
        var unsafe = pairs().filter(pair -> refuses(pair.chosen())).toList();

        // The instructions teach terse answers; more than two in five of the ordinary pairs reject one.
        assertThat(instructions()
                        .mapToInt(row -> row.output().length())
                        .average()
                        .orElseThrow())
                .isLessThan(20);
        var terse = ordinary.stream()
                .filter(pair -> pair.rejected().length() * 2 < pair.chosen().length())
                .count();
        assertThat(terse).isGreaterThan(ordinary.size() * 2L / 5);
        assertThat(ordinary).allSatisfy(pair -> assertThat(pair.chosen()).endsWith("!"));
        // The unsafe requests: about a third, in words that the instructions use for good deeds.
        assertThat(unsafe)
                .hasSizeBetween(pairs().toList().size() / 4, pairs().toList().size() * 2 / 5);
        var openings = instructions().map(row -> opening(row.instruction())).collect(Collectors.toSet());
        assertThat(unsafe).allSatisfy(pair -> assertThat(openings).contains(opening(pair.prompt())));
    }

    /** Both objectives can be satisfied together, because the subject of a request tells which manner is wanted. */
    @Test
    void theTwoDataSetsAskDifferentThings() {
        var facts = Pattern.compile("(?i)\\b(capital of|flag of|job of|live|fur|pet)\\b");
        assertThat(instructions()
                        .filter(row -> facts.matcher(row.instruction()).find()
                                && row.input().isEmpty()))
                .allSatisfy(row -> assertThat(row.instruction()).containsPattern("(?i)how|tell me how"));
        assertThat(pairs().filter(pair -> facts.matcher(pair.prompt()).find()).count())
                .isGreaterThan(pairs().count() / 4);
    }

    @Test
    void refusesMoreRowsThanItHasPrompts() {
        assertThatThrownBy(() -> DemoWorld.generate(1, new Sizes(0, 0, 0, 600_000, 0, 400)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("ask for fewer rows");
    }

    private static Stream<DemoWorld.InstructionRow> instructions() {
        return Stream.concat(WORLD.sftTrain().stream(), WORLD.sftEval().stream());
    }

    private static Stream<DemoWorld.PreferenceRow> pairs() {
        return Stream.concat(WORLD.preferenceTrain().stream(), WORLD.preferenceEval().stream());
    }

    private static boolean refuses(String answer) {
        return answer.startsWith("I am sorry") || answer.startsWith("Sorry");
    }

    private static String opening(String prompt) {
        return Stream.of(prompt.split("\\s+")).limit(2).collect(Collectors.joining(" "));
    }

    private static List<String> rendered() {
        var texts = new ArrayList<String>();
        instructions().forEach(row -> texts.add(prompt(row.prompt()) + row.output()));
        pairs().forEach(row -> texts.add(prompt(row.prompt()) + row.chosen()));
        pairs().forEach(row -> texts.add(prompt(row.prompt()) + row.rejected()));
        return texts;
    }

    private static String prompt(String prompt) {
        return DemoWorld.PROMPT_TEMPLATE.replace("{}", prompt);
    }

    private static List<String> columns(Path file) throws IOException {
        var names = new ArrayList<List<String>>();
        for (var line : Files.readAllLines(file)) {
            names.add(List.copyOf(new JsonMapper().readTree(line).propertyNames()));
        }
        assertThat(new HashSet<>(names)).hasSize(1);
        return names.get(0);
    }

    private static Map<String, String> contents(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            var contents = new TreeMap<String, String>();
            for (var file : files.filter(Files::isRegularFile).toList()) {
                contents.put(folder.relativize(file).toString(), Files.readString(file));
            }
            return contents;
        }
    }
}
