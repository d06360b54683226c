package dev.tandem.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.data.Example;
import dev.tandem.data.TokenSequence;
import dev.tandem.model.generation.TextModel;
import dev.tandem.tensor.Lanes;
import dev.tandem.train.SequenceScorer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MultipleChoiceTest {
    @TempDir
    Path folder;

    private TextModel model;

    @BeforeEach
    void open() {
        model = TinyTextModel.open(folder.resolve("model"));
    }

    @AfterEach
    void close() {
        model.close();
    }

    private static Question question(String subject, String text, int answer) {
        return new Question("here", subject, text, List.of("the hill", "the sea", "a line", "no"), answer);
    }

    private static List<Question> random(int count) {
        var draws = new SplittableRandom(3);
        return IntStream.range(0, count)
                .mapToObj(i -> question("s" + i % 4, "what is " + draws.nextInt(1000) + "?", draws.nextInt(4)))
                .toList();
    }

    private MultipleChoiceResult ask(QuestionPrompt prompt, List<Question> questions, List<Question> dev, int shots) {
        return new MultipleChoice(model, prompt, dev, shots).run(questions, done -> {}, () -> false);
    }

    @Test
    void aModelThatKnowsNothingIsAtTheLevelOfChance() {
        for (var prompt : QuestionPrompt.values()) {
            var result = ask(prompt, random(400), List.of(), 0);
            assertThat(result.all().questions()).isEqualTo(400);
            assertThat(result.all().bySum().low()).isLessThan(0.25);
            assertThat(result.all().bySum().high()).isGreaterThan(0.25);
            assertThat(result.subjects())
                    .hasSize(4)
                    .allSatisfy((s, a) -> assertThat(a.questions()).isEqualTo(100));
            assertThat(result.macro()).isCloseTo(result.all().bySum().value(), within(1e-12));
        }
    }

    /** The letter follows from a digit in the question, by weights set by hand. */
    @Test
    void aModelThatKnowsIsAlwaysRightAndWhereTheAnswersAreShiftedNever() {
        var questions = new ArrayList<Question>();
        var shifted = new ArrayList<Question>();
        var subjects = List.of("hills", "seas");
        var draws = new SplittableRandom(8);
        for (var i = 0; i < 60; i++) {
            var answer = draws.nextInt(4);
            var text = "is it " + answer + (i % 3 == 0 ? " or so?" : "?");
            questions.add(question(subjects.get(i % 2), text, answer));
            shifted.add(question(subjects.get(i % 2), text, (answer + 1) % 4));
        }
        // neither subjects nor shots have digits
        var dev = List.of(question("hills", "why?", 2), question("hills", "where?", 0), question("seas", "who?", 3));
        try (var knowing = KnowingModel.open(folder.resolve("knowing"))) {
            for (var shots = 0; shots <= 2; shots++) {
                var asking = new MultipleChoice(knowing, QuestionPrompt.LETTER, dev, shots);
                var right = asking.run(questions, done -> {}, () -> false);
                assertThat(right.all().questions()).isEqualTo(60);
                assertThat(right.shotsDropped()).isZero();
                assertThat(right.all().bySum().value()).isEqualTo(1.0);
                assertThat(right.all().bySum().low()).isCloseTo(0.9398, within(1e-4));
                assertThat(right.macro()).isEqualTo(1.0);
                var wrong = asking.run(shifted, done -> {}, () -> false);
                assertThat(wrong.all().bySum().value()).isZero();
                assertThat(wrong.all().perToken().value()).isZero();
            }
        }
    }

    @Test
    void subjectsWithFewerShotsThanAskedForAreNamed() {
        var dev = List.of(question("s0", "why?", 0), question("s0", "how?", 1), question("s2", "who?", 1));
        var asking = new MultipleChoice(model, QuestionPrompt.LETTER, dev, 2);
        assertThat(asking.shortages(random(8)))
                .containsExactly(
                        "3 of 4 subjects have fewer than 2 questions to show, and are asked with those there are:"
                                + " s1 (0), s2 (1), s3 (0)");
        assertThat(asking.shortages(List.of(question("s0", "what?", 0)))).isEmpty();
        assertThat(new MultipleChoice(model, QuestionPrompt.LETTER, dev, 3)
                        .shortages(List.of(question("", "what?", 0))))
                .containsExactly("There are only 0 questions to show, and not 3.");
    }

    @Test
    void oneForwardPassGivesTheLogProbsOfWholeSequences() {
        try (var scorer = new ChoiceScorer(model);
                var threads = new Lanes(1, 1)) {
            // the second prompt begins like the first, the third is a beginning of it: cached tokens must not affect
            // the result
            for (var text : List.of("the hill over", "the hill is", "the hill", "a line")) {
                var prompt = model.tokenizer().encodePrompt(text);
                var choices = List.of(new int[] {70}, new int[] {71}, new int[] {9});
                var sums = scorer.score(prompt, choices).sums();
                for (var i = 0; i < 3; i++) {
                    var ids = java.util.Arrays.copyOf(prompt, prompt.length + 1);
                    ids[prompt.length] = choices.get(i)[0];
                    var example = new Example(0, List.of(TokenSequence.of(ids, prompt.length)));
                    var expected = new SequenceScorer(model.model(), threads)
                            .score(List.of(example), done -> {})
                            .get(0)
                            .sum(0);
                    assertThat(sums[i]).isCloseTo(expected, within(1e-5));
                }
            }
        }
    }

    @Test
    void thePromptIsMmlusByteForByte() {
        var question = new Question("", "abstract_algebra", "What is 2+2?", List.of("1", "2", "3", "4"), 3);
        var shot = new Question("", "abstract_algebra", "What is 1+1?", List.of("1", "2", "3", "4"), 1);
        assertThat(QuestionPrompt.LETTER.text(question, List.of(shot))).isEqualTo("""
                The following are multiple choice questions (with answers) about abstract algebra.

                What is 1+1?
                A. 1
                B. 2
                C. 3
                D. 4
                Answer: B

                What is 2+2?
                A. 1
                B. 2
                C. 3
                D. 4
                Answer:""");
        assertThat(QuestionPrompt.LETTER.answer(question, 3)).isEqualTo(" D");
        assertThat(QuestionPrompt.TEXT.text(question, List.of(shot)))
                .isEqualTo("The following are questions (with answers) about abstract algebra.\n\n"
                        + "Question: What is 1+1?\nAnswer: 2\n\nQuestion: What is 2+2?\nAnswer:");
    }

    @Test
    void shotsThatHaveNoRoomAreDroppedAndTooLongQuestionsLeftOut() {
        var dev = IntStream.range(0, 5)
                .mapToObj(i -> question("s", "what is it? ".repeat(8), i % 4))
                .toList();
        var tooLong = question("s", "over ".repeat(300), 0);
        var result = ask(QuestionPrompt.LETTER, List.of(question("s", "why?", 0), tooLong), dev, 5);
        assertThat(result.shotsDropped()).isBetween(1L, 4L);
        assertThat(result.leftOut()).isEqualTo(1);
        assertThat(result.all().questions()).isEqualTo(1);
        assertThatThrownBy(() -> ask(QuestionPrompt.LETTER, List.of(tooLong), dev, 5))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("400 tokens");
        assertThatThrownBy(() -> ask(QuestionPrompt.LETTER, List.of(tooLong), List.of(), 5))
                .hasMessageContaining("--dev");
    }

    @Test
    void readsMmlusFilesAndRowsOfJson() throws IOException {
        Files.writeString(
                folder.resolve("world_history_test.csv"),
                "\"When, and\nwhere?\",a,\"b \"\"x\"\"\",c,d,C\nWho?,1,2,3,4,A\n");
        Files.writeString(folder.resolve("world_history_dev.csv"), "Why?,1,2,3,4,D\n");
        var questions = QuestionFiles.read(folder, "test");
        assertThat(questions).hasSize(2);
        assertThat(questions.get(0).text()).isEqualTo("When, and\nwhere?");
        assertThat(questions.get(0).choices()).containsExactly("a", "b \"x\"", "c", "d");
        assertThat(questions.get(0).answer()).isEqualTo(2);
        assertThat(questions).allSatisfy(q -> assertThat(q.subject()).isEqualTo("world_history"));
        assertThat(QuestionFiles.read(folder, "dev"))
                .singleElement()
                .satisfies(q -> assertThat(q.answer()).isEqualTo(3));

        var json = folder.resolve("q.jsonl");
        Files.writeString(
                json,
                "{\"question\":\"q\",\"choices\":[\"x\",\"y\"],\"answer\":1,\"subject\":\"z\"}\n"
                        + "{\"question\":\"q\",\"choices\":[\"x\",\"y\",\"z\"],\"answer\":\"c\"}\n");
        assertThat(QuestionFiles.read(json, "test"))
                .extracting(Question::answer)
                .containsExactly(1, 2);
        Files.writeString(json, "{\"question\":\"q\",\"choices\":[\"x\",\"y\"],\"answer\":2}\n");
        assertThatThrownBy(() -> QuestionFiles.read(json, "test"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("q.jsonl:1")
                .hasMessageContaining("from A to B, or an index from 0 to 1");
        Files.writeString(json, "{\"question\":\"q\"}\n");
        assertThatThrownBy(() -> QuestionFiles.read(json, "test")).hasMessageContaining("the columns are [question]");
    }

    @Test
    void wilsonsIntervalIsThatOfTheTables() {
        var half = Interval.wilson(50, 100);
        assertThat(half.low()).isCloseTo(0.4038, within(1e-4));
        assertThat(half.high()).isCloseTo(0.5962, within(1e-4));
        assertThat(Interval.wilson(0, 10).low()).isZero();
    }
}
