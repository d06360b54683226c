package dev.tandem.cli.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The board beside a real training. */
class BoardCommandTest {
    private static final Path GOLDEN = Path.of("..", "testdata", "golden");

    @TempDir
    Path folder;

    @Test
    void tellsOfATrainingFromItsBeginningToItsEnd() throws Exception {
        try (var board = Board.open(new Board.Settings(folder, "127.0.0.1", 0, Optional.empty()));
                var events = events(board)) {
            // nothing is there yet
            assertThat(until(events, list -> list.get("searched").booleanValue())
                            .get("runs"))
                    .isEmpty();
            var training = new Thread(() -> train(), "training");
            training.start();
            var ended = until(
                    events,
                    list -> list.get("runs").size() > 0 && state(list).equals("completed") && stepOf(list) == 30);
            training.join();
            var row = ended.get("runs").get(0);
            assertThat(row.get("name").stringValue()).isEqualTo("run");
            assertThat(row.get("method").stringValue()).isEqualTo("maxright");
            assertThat(row.get("losses").get("sft").isNumber()).isTrue();
            assertThat(row.get("eval_losses").get("sft").isNumber()).isTrue();
            assertThat(row.has("memory_bytes")).isEqualTo(Files.exists(Path.of("/proc/self/status")));
            var run = JsonMapper.shared()
                    .readTree(get(board, "api/run?id=" + row.get("id").stringValue()));
            assertThat(run.get("curves").get("eval/sft").get("step")).hasSizeGreaterThan(3);
            assertThat(run.get("log").toString()).contains("Policy: qwen3", "Memory estimate");
            assertThat(run.get("recipe").stringValue()).contains("steps: 30");
        }
    }

    private static String state(JsonNode list) {
        return list.get("runs").get(0).get("state").stringValue();
    }

    private static int stepOf(JsonNode list) {
        return list.get("runs").get(0).path("step").asInt(0);
    }

    private static JsonNode until(BufferedReader events, Predicate<JsonNode> enough) throws IOException {
        while (true) {
            var line = events.readLine();
            if (line.startsWith("data: {\"version\"")) {
                var list = JsonMapper.shared().readTree(line.substring("data: ".length()));
                if (enough.test(list)) {
                    return list;
                }
            }
        }
    }

    private static BufferedReader events(Board board) throws Exception {
        var reply = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(board.url() + "api/events"))
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        assertThat(reply.headers().firstValue("Content-Type")).contains("text/event-stream; charset=utf-8");
        return new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8));
    }

    private static String get(Board board, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(board.url() + path)).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private void train() {
        var data = GOLDEN.resolve("trajectory-qwen3");
        var file = folder.resolve("recipe.txt");
        try {
            Files.writeString(
                    file, String.format("""
                    model: %s
                    method: {name: maxright, lambda: 0.5}
                    objectives:
                      sft: {data: %s/sft.jsonl, eval-data: %s/sft_eval.jsonl, format: tokens, batch-size: 4, optimum: 0}
                      preference: {data: %s/preference.jsonl, format: tokens, batch-size: 3, optimum: 0}
                    lora: {rank: 4}
                    train: {steps: 30, device: cpu, threads: 1, evaluate-every: 10}
                    output: %s
                    """, GOLDEN.resolve("qwen3"), data, data, data, folder.resolve("run")));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        Main.commandLine().setOut(new PrintWriter(new StringWriter())).execute("train", file.toString(), "--quiet");
    }
}
