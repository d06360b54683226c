package dev.tandem.eval.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerPairsTest {
    @TempDir
    Path folder;

    private Path file(String name, String... lines) throws IOException {
        return Files.write(folder.resolve(name), List.of(lines));
    }

    private static List<String> texts(AnswerPairs pairs) {
        return pairs.pairs().stream()
                .map(pair -> pair.prompt() + ": " + pair.first().output() + " | "
                        + pair.second().output())
                .toList();
    }

    @Test
    void bothLayoutsMatchInAnyOrder() throws IOException {
        var lines = file(
                "a.jsonl",
                "{\"prompt\": \"one\", \"output\": \"1\", \"tokens\": 3}",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"two\"}], \"output\": \"2\"}",
                "{\"instruction\": \"three\", \"input\": \"\", \"output\": \"3\"}");
        var array = file("b.json", """
                [{"instruction": "three", "output": "c", "generator": "m"},
                 {"instruction": "one", "output": "a", "generator": "m"},
                 {"instruction": "two", "output": "b", "generator": "m"}]
                """);
        var pairs = AnswerPairs.read(lines, array, Map.of());
        assertThat(texts(pairs)).containsExactly("one: 1 | a", "two: 2 | b", "three: 3 | c");
        assertThat(pairs.unmatched()).isEmpty();
    }

    @Test
    void aConversationIsAskedUpToItsLastAnswer() throws IOException {
        var before = "{\"from\": \"human\", \"value\": \"hi\"}, {\"from\": \"gpt\", \"value\": \"yes?\"},"
                + " {\"from\": \"human\", \"value\": \"bye\"}";
        var a = file("a.jsonl", "{\"messages\": [" + before + "], \"output\": \"1\"}");
        var b = file(
                "b.jsonl",
                "{\"messages\": [" + before + ", {\"from\": \"gpt\", \"value\": \"old\"}], \"output\": \"2\"}");
        assertThat(texts(AnswerPairs.read(a, b, Map.of())))
                .containsExactly("human: hi\n\ngpt: yes?\n\nhuman: bye: 1 | 2");
    }

    @Test
    void whatDoesNotMatchIsNamedAndRepeatedPromptsMatchInOrder() throws IOException {
        var a = file(
                "a.jsonl",
                "{\"prompt\": \"x\", \"output\": \"1\"}",
                "{\"prompt\": \"x\", \"output\": \"2\"}",
                "{\"prompt\": \"y\", \"output\": \"3\"}",
                "{\"prompt\": \"x\", \"output\": \"4\"}");
        var b = file(
                "b.jsonl",
                "{\"prompt\": \"z\", \"output\": \"p\"}",
                "{\"prompt\": \"x\", \"output\": \"q\"}",
                "{\"prompt\": \"x\", \"output\": \"r\"}");
        var pairs = AnswerPairs.read(a, b, Map.of());
        assertThat(texts(pairs)).containsExactly("x: 1 | q", "x: 2 | r");
        assertThat(pairs.unmatched()).hasSize(2);
        assertThat(pairs.unmatched().get(0))
                .startsWith("2 rows are left out")
                .contains("--against", "a.jsonl:3 'y'", "a.jsonl:4 'x'");
        assertThat(pairs.unmatched().get(1)).contains("--answers", "b.jsonl:1 'z'");
    }

    @Test
    void otherColumnsCanBeNamedForTheFileThatHasThem() throws IOException {
        var a = file("a.jsonl", "{\"prompt\": \"x\", \"output\": \"1\"}");
        var b = file("b.jsonl", "{\"question\": \"x\", \"response\": \"2\"}");
        assertThat(texts(AnswerPairs.read(a, b, Map.of("prompt", "question", "output", "response"))))
                .containsExactly("x: 1 | 2");
    }

    @Test
    void mistakesAreNamed() throws IOException {
        var a = file("a.jsonl", "{\"prompt\": \"x\", \"output\": \"1\"}");
        var none = file("b.jsonl", "{\"prompt\": \"y\", \"output\": \"1\"}");
        assertThatThrownBy(() -> AnswerPairs.read(a, none, Map.of()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no prompt in common")
                .hasMessageContaining("'x'")
                .hasMessageContaining("'y'");
        var unanswered = file("c.jsonl", "{\"prompt\": \"x\"}");
        assertThatThrownBy(() -> AnswerPairs.read(a, unanswered, Map.of()))
                .hasMessageContaining("c.jsonl:1")
                .hasMessageContaining("'output'");
        var nothing = file("d.jsonl", "{\"output\": \"x\"}");
        assertThatThrownBy(() -> AnswerPairs.read(nothing, a, Map.of()))
                .hasMessageContaining("d.jsonl:1")
                .hasMessageContaining("no prompt");
    }
}
