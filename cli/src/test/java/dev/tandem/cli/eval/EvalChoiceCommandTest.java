package dev.tandem.cli.eval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.cli.Outcome;
import dev.tandem.cli.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code eval multiple-choice} in MMLU's layout, on a small model of random weights. */
class EvalChoiceCommandTest {
    @TempDir
    static Path folder;

    @BeforeAll
    static void files() throws IOException {
        TinyModel.write(folder.resolve("model"));
        for (var part : List.of("test", "dev")) {
            Files.createDirectories(folder.resolve(part));
        }
        Files.writeString(folder.resolve("test/world_history_test.csv"), "Who?,a,b,c,d,A\nWhen?,a,b,c,d,C\n");
        Files.writeString(folder.resolve("test/botany_test.csv"), "\"Which, then?\",a,b,c,d,B\n");
        Files.writeString(folder.resolve("dev/world_history_dev.csv"), "Why?,a,b,c,d,D\nWhere?,a,b,c,d,A\n");
        Files.writeString(folder.resolve("dev/botany_dev.csv"), "How?,a,b,c,d,D\n");
    }

    private static Outcome run(String... more) {
        var arguments = new ArrayList<>(List.of(
                "eval",
                "multiple-choice",
                "--model",
                folder.resolve("model").toString(),
                "--data",
                folder.resolve("test").toString()));
        arguments.addAll(List.of(more));
        return Outcome.of(arguments.toArray(String[]::new));
    }

    @Test
    void asksMmlusFolderWithShots() throws IOException {
        var out = folder.resolve("result.json");
        var outcome = run("--dev", folder.resolve("dev").toString(), "--shots", "2", "--out", out.toString());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .contains("1 of 2 subjects have fewer than 2 questions to show, and are asked with those there are:"
                        + " botany (1)")
                .containsPattern("subject +questions +accuracy +95 % interval")
                .containsPattern("world_history +2 +")
                .containsPattern("botany +1 +")
                .containsPattern("all +3 +")
                .contains("mean of the subjects: ");
        var json = JsonMapper.shared().readTree(Files.readString(out));
        assertThat(json.path("shots").asInt()).isEqualTo(2);
        assertThat(json.path("score").asString("")).isEqualTo("letter");
        assertThat(json.path("subjects").path("world_history").path("questions").asInt())
                .isEqualTo(2);
        assertThat(json.path("all").path("accuracy").path("high").asDouble()).isBetween(0.0, 1.0);
        // the quiet command prints only results, and a model gives the same answers each time
        var quiet = run("--dev", folder.resolve("dev").toString(), "--shots", "2", "--quiet");
        assertThat(outcome.out()).endsWith(quiet.out());
        assertThat(quiet.out()).doesNotContain("fewer than");
    }

    @Test
    void scoresTextsInColumnsOfTheirOwn() {
        var outcome = run("--score", "text");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).containsPattern("questions +accuracy +95 % interval +per token +95 % interval");
    }

    @Test
    void mistakesAreNamed() throws IOException {
        assertThat(run("--shots", "3")).satisfies(o -> {
            assertThat(o.code()).isEqualTo(2);
            assertThat(o.err()).contains("--shots is 3", "--dev");
        });
        var wrong = Files.writeString(folder.resolve("wrong_test.csv"), "Who?,a,b,c,d,E\n");
        assertThat(run("--data", wrong.toString()).code()).isEqualTo(2);
        var outcome = Outcome.of(
                "eval", "multiple-choice", "--model", folder.resolve("model").toString(), "--data", wrong.toString());
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("wrong_test.csv", "from A to D");
    }
}
