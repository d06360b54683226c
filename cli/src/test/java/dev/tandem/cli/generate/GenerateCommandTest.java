package dev.tandem.cli.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.cli.Main;
import dev.tandem.cli.Outcome;
import dev.tandem.cli.TinyModel;
import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code generate} and {@code chat} on a small model of random weights. */
class GenerateCommandTest {
    @TempDir
    static Path folder;

    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @BeforeAll
    static void model() {
        TinyModel.write(folder.resolve("model"));
    }

    @Test
    void answersAFileAndRefusesToOverwriteIt() throws IOException {
        var data = Files.write(
                folder.resolve("prompts.jsonl"),
                List.of("{\"prompt\": \"the hill\"}", "{\"prompt\": \"a line\"}", "{\"prompt\": \"over\"}"));
        var out = folder.resolve("answers.jsonl");
        var arguments = List.of(
                "generate",
                "--model",
                folder.resolve("model").toString(),
                "--data",
                data.toString(),
                "--out",
                out.toString(),
                "--max-new-tokens",
                "5",
                "--temperature",
                "0.8",
                "--top-k",
                "20");
        var outcome = run(arguments);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("3 answers,", "tokens/s", out.toString());
        assertThat(Files.readAllLines(out))
                .hasSize(3)
                .allSatisfy(line -> assertThat(JsonMapper.shared()
                                .readTree(line)
                                .path("tokens")
                                .asInt())
                        .isBetween(0, 5));
        var again = run(arguments);
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("exists already");
        var hot = new ArrayList<>(arguments);
        hot.addAll(List.of("--top-p", "1.5"));
        assertThat(run(hot)).satisfies(o -> {
            assertThat(o.code()).isEqualTo(2);
            assertThat(o.err()).contains("top-p is 1.5", "from 0 to 1");
        });
    }

    private static final Path CASES = Path.of("..", "testdata", "cases");

    /** The row that a command answers to one prompt. */
    private static JsonNode answer(Path model, String row, String... more) throws IOException {
        var data = Files.writeString(Files.createTempFile(folder, "one", ".jsonl"), row + "\n");
        var out = folder.resolve(data.getFileName() + ".answers");
        var arguments = new ArrayList<>(
                List.of("generate", "--model", model.toString(), "--data", data.toString(), "--out", out.toString()));
        arguments.addAll(List.of(more));
        if (!arguments.contains("--max-new-tokens")) {
            arguments.addAll(List.of("--max-new-tokens", "10"));
        }
        var outcome = run(arguments);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return JsonMapper.shared().readTree(Files.readString(out));
    }

    /** The chat template's turns end with a token that no other file names. */
    @Test
    void theEndOfATurnEndsAnAnswer() throws IOException {
        var row = "{\"messages\": [{\"role\": \"user\", \"content\": \"Name a colour.\"}]}";
        var answer = answer(CASES.resolve("common").resolve("base"), row);
        assertThat(answer.path("output").asString()).isEqualTo("Hello there");
        assertThat(answer.path("end").asString()).isEqualTo("eos");
        var most = answer(CASES.resolve("common").resolve("base"), row, "--max-new-tokens", "2147483647");
        assertThat(most.path("output").asString()).isEqualTo("Hello there");
    }

    @Test
    void everyEndOfTheConfigEndsAnAnswer() throws IOException {
        var model = folder.resolve("ends");
        Files.createDirectories(model);
        for (var name : List.of("model.safetensors", "tokenizer.json")) {
            Files.copy(CASES.resolve("common").resolve("base").resolve(name), model.resolve(name));
        }
        Files.writeString(model.resolve("tokenizer_config.json"), "{\"eos_token\": \"<|endoftext|>\"}");
        Files.copy(CASES.resolve("16").resolve("config.json"), model.resolve("config.json"));
        var answer = answer(model, "{\"prompt\": \"Hi\"}");
        assertThat(answer.path("output").asString()).isEqualTo("Hello there");
        assertThat(answer.path("end").asString()).isEqualTo("eos");
    }

    @Test
    void aSpecialTokenMayBeTheStopText() throws IOException {
        for (var stop : List.of("<|im_end|>", " there<|im_end|>")) {
            var answer = answer(CASES.resolve("common").resolve("base"), "{\"prompt\": \"Hi\"}", "--stop", stop);
            assertThat(answer.path("output").asString()).isEqualTo(stop.startsWith(" ") ? "Hello" : "Hello there");
            assertThat(answer.path("end").asString()).isEqualTo("stop");
        }
    }

    @Test
    void aTemplateWithoutAPlaceIsRefused() {
        for (var command : List.of("chat", "serve")) {
            var outcome = run(List.of(
                    command,
                    "--model",
                    CASES.resolve("common").resolve("chatml").toString(),
                    "--template",
                    "User: Assistant:"));
            assertThat(outcome.code()).isEqualTo(2);
            assertThat(outcome.err()).contains("has no {}; exactly one, where the prompt goes, was expected");
        }
    }

    /** A real process, stopped by a real signal. */
    @Test
    @Timeout(120)
    @DisabledOnOs(OS.WINDOWS)
    void stoppedItGoesOn() throws IOException, InterruptedException {
        var rows = new ArrayList<String>();
        for (var i = 0; i < 400; i++) {
            rows.add("{\"prompt\": \"the hill number " + i + "\", \"id\": " + i + "}");
        }
        var data = Files.write(folder.resolve("many.jsonl"), rows);
        var out = folder.resolve("many-answers.jsonl");
        var arguments = new String[] {
            "generate",
            "--model",
            folder.resolve("model").toString(),
            "--data",
            data.toString(),
            "--out",
            out.toString(),
            "--max-new-tokens",
            "200",
            "--batch-size",
            "4"
        };
        var process = processes.start(process(arguments));
        var partial = folder.resolve("many-answers.jsonl.partial");
        while (process.isAlive()
                && !(Files.exists(partial) && Files.readAllLines(partial).size() > 8)) {
            Thread.sleep(20);
        }
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(143);
        assertThat(out).doesNotExist();
        var done = Files.readAllLines(partial).size() - 1;
        assertThat(done).isBetween(1, 399);

        var shorter = Files.write(folder.resolve("many.jsonl"), rows.subList(0, done + 5));
        assertThat(shorter).exists();
        var outcome = run(List.of(arguments));
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains((done + 5) + " answers", done + " of them made before");
        assertThat(Files.readAllLines(out)).hasSize(done + 5);
    }

    @Test
    @Timeout(60)
    void talksOverStandardInput() throws IOException, InterruptedException {
        var process = processes.start(process(
                        "chat",
                        "--model",
                        folder.resolve("model").toString(),
                        "--template",
                        "{}",
                        "--max-new-tokens",
                        "8",
                        "--quiet")
                .redirectErrorStream(false));
        try (var input = process.outputWriter()) {
            input.write("the hill\n\n/reset\n/system x\n/nonsense\n/help\n/adapter none\nand on\n/quit\nnot read\n");
        }
        var out = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(out)
                .contains("/nonsense is not a command")
                .contains("/reset            forget what was said")
                .contains("Error: none/adapter_model.safetensors does not exist");
        var without = run(List.of("chat", "--model", folder.resolve("model").toString()));
        assertThat(without.code()).isEqualTo(2);
        assertThat(without.err()).contains("chat template");
    }

    private static ProcessBuilder process(String... arguments) {
        var command = ChildProcesses.java(List.of(), Main.class.getName(), List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(ProcessBuilder.Redirect.PIPE);
    }

    private static Outcome run(List<String> arguments) {
        return Outcome.of(arguments.toArray(String[]::new));
    }
}
