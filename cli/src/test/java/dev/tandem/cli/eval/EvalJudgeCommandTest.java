package dev.tandem.cli.eval;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tandem.cli.Main;
import dev.tandem.cli.Outcome;
import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code eval judge} with a judge at this machine that prefers any answer with the word "right". */
class EvalJudgeCommandTest {
    private static final int PAIRS = 12;

    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path folder;

    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final List<String> keys = new CopyOnWriteArrayList<>();
    /** Requests that are still answered. */
    private final Semaphore allowed = new Semaphore(Integer.MAX_VALUE);

    private HttpServer server;
    private Path answers;
    private Path against;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/v1/chat/completions", this::answer);
        server.start();
        var lines = new ArrayList<String>();
        var array = new ArrayList<String>();
        for (var i = 0; i < PAIRS; i++) {
            lines.add("{\"prompt\": \"question " + i + "\", \"output\": \"" + (i < 9 ? "right " : "wrong ")
                    + "x".repeat(i) + "\"}");
            array.add("{\"instruction\": \"question " + i + "\", \"output\": \"" + (i < 9 ? "wrong" : "right") + "\"}");
        }
        lines.add("{\"prompt\": \"asked here alone\", \"output\": \"\"}");
        answers = Files.write(folder.resolve("a.jsonl"), lines);
        against = Files.writeString(folder.resolve("b.json"), "[" + String.join(",", array) + "]");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            allowed.acquireUninterruptibly();
            bodies.add(body);
            var said = body.indexOf("right", body.indexOf("<answer>")) < body.indexOf("answer of M") ? "m" : "M";
            var reply = ("{\"choices\": [{\"message\": {\"content\": \"" + said + "\"}}],"
                            + " \"usage\": {\"prompt_tokens\": 200, \"completion_tokens\": 1}}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, reply.length);
            exchange.getResponseBody().write(reply);
        }
    }

    private List<String> arguments(String... more) {
        var arguments = new ArrayList<>(List.of(
                "eval",
                "judge",
                "--answers",
                answers.toString(),
                "--against",
                against.toString(),
                "--judge-model",
                "judge-1",
                "--judge-url",
                "http://localhost:" + server.getAddress().getPort() + "/v1",
                "--cache",
                folder.resolve("cache.jsonl").toString()));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private Outcome judge(String... more) {
        return Outcome.of(arguments(more).toArray(String[]::new));
    }

    @Test
    void judgesAndWritesEverything() throws IOException {
        var out = folder.resolve("result.json");
        var verdicts = folder.resolve("verdicts.jsonl");
        // any variable that is set: its value is the key
        var key = System.getenv("PATH");
        var outcome = judge(
                "--judge-key-env",
                "PATH",
                "--out",
                out.toString(),
                "--verdicts",
                verdicts.toString(),
                "--price-in",
                "5",
                "--price-out",
                "15");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .contains("a.jsonl:13 'asked here alone'")
                .contains("12 pairs, 24 requests, 0 of them answered before; the others are about")
                .containsPattern("win rate +75\\.0 % +46\\.8 - 91\\.1")
                .contains("win rate at equal lengths")
                .contains("9 wins, 3 losses, 0 ties")
                .contains("0 pairs inconsistent (0.0 %); the first position wins 50.0 %")
                .contains("24 requests in this run, 4,800 tokens in, 24 out, $0.0244");
        var json = JsonMapper.shared().readTree(Files.readString(out));
        assertThat(json.path("win_rate").path("value").asDouble()).isEqualTo(0.75);
        assertThat(json.path("unmatched_answers").asInt()).isEqualTo(1);
        assertThat(json.path("judge").path("parameters").path("temperature").asInt(-1))
                .isZero();
        assertThat(Files.readAllLines(verdicts))
                .hasSize(12)
                .allSatisfy(line -> assertThat(JsonMapper.shared()
                                .readTree(line)
                                .path("verdicts")
                                .size())
                        .isEqualTo(2));
        assertThat(keys).containsOnly("Bearer " + key);
        for (var file : List.of(out, verdicts, folder.resolve("cache.jsonl"))) {
            assertThat(Files.readString(file)).doesNotContain(key);
        }
        assertThat(outcome.out()).doesNotContain(key);
    }

    @Test
    void atTheLimitItSaysSoAndGoesOn() {
        // 200 tokens of a dollar each thousand: 20 cents a request, and more is set aside
        var money = new String[] {"--price-in", "1000", "--price-out", "0", "--max-cost", "2.5"};
        var part = judge(money);
        assertThat(part.code()).isEqualTo(3);
        assertThat(part.out())
                .contains("Stopped at --max-cost:", "of 12 pairs are not judged. The same command continues");
        var asked = bodies.size();
        assertThat(asked).isBetween(6, 12);
        var whole = judge("--quiet");
        assertThat(whole.code()).isZero();
        assertThat(whole.out()).contains("of 12 pairs").doesNotContain("asked here alone");
        assertThat(bodies).hasSize(24).doesNotHaveDuplicates();
    }

    @Test
    void difficultiesAndParametersReachTheirPlaces() throws IOException {
        var difficulties = folder.resolve("difficulties.jsonl");
        var rows = new ArrayList<String>();
        for (var i = 0; i < PAIRS; i++) {
            rows.add("{\"instruction\": \"question " + i + "\", \"instruction_difficulty\": " + i % 5 + "}");
        }
        Files.write(difficulties, rows);
        var out = folder.resolve("result.json");
        var outcome = judge(
                "--instruction-difficulty",
                difficulties.toString(),
                "--out",
                out.toString(),
                "--judge-parameter",
                "max_tokens=null",
                "--judge-parameter",
                "max_completion_tokens=50",
                "--judge-parameter",
                "reasoning_effort=low");
        assertThat(outcome.code()).isZero();
        assertThat(JsonMapper.shared()
                        .readTree(Files.readString(out))
                        .path("length_controlled")
                        .has("instruction_difficulty"))
                .isTrue();
        assertThat(bodies)
                .allSatisfy(body -> assertThat(body)
                        .contains("\"max_completion_tokens\":50", "\"reasoning_effort\":\"low\"")
                        .doesNotContain("max_tokens\":null"));
        Files.write(difficulties, rows.subList(0, 3));
        bodies.clear();
        var without = judge("--instruction-difficulty", difficulties.toString());
        assertThat(without.code()).isEqualTo(2);
        assertThat(without.err()).contains("has no difficulty for the prompt of " + answers + ":4");
        assertThat(bodies).isEmpty();
    }

    @Test
    void mistakesAreNamed() throws IOException {
        for (var mistake : Map.of(
                        List.of("--judge-key-env", "NO_SUCH_VARIABLE_9"), "NO_SUCH_VARIABLE_9 is not set",
                        List.of(
                                        "--max-cost",
                                        "3",
                                        "--price-in",
                                        "1",
                                        "--price-out",
                                        "1",
                                        "--judge-parameter",
                                        "max_tokens=null"),
                                "needs max_completion_tokens",
                        List.of("--max-cost", "3"), "give both --price-in and --price-out",
                        List.of("--judge-url", "nowhere"), "http(s)://host[:port]/v1 is expected",
                        List.of("--verdict-words", "A"), "two different words were expected",
                        List.of("--weighted", "--verdict-words", "[[A]],[[B]]"), "Choose single letters",
                        List.of("--parallel", "0"), "at least 1 request at a time",
                        List.of(
                                        "--against",
                                        answers.resolveSibling("none.jsonl").toString()),
                                "none.jsonl",
                        List.of("--judge-parameter", "n=2"), "not parameters of a judge")
                .entrySet()) {
            var arguments = arguments();
            mistake.getKey().stream().filter(arguments::contains).findFirst().ifPresent(option -> {
                var at = arguments.indexOf(option);
                arguments.subList(at, at + 2).clear();
            });
            arguments.addAll(mistake.getKey());
            var outcome = Outcome.of(arguments.toArray(String[]::new));
            assertThat(outcome.code()).isEqualTo(2);
            assertThat(outcome.err()).contains("Error: ", mistake.getValue());
        }
        assertThat(bodies).isEmpty();
        var openAi = Outcome.of(
                "eval",
                "judge",
                "--answers",
                answers.toString(),
                "--against",
                against.toString(),
                "--judge-model",
                "x",
                "--judge-key-env",
                "NO_SUCH_VARIABLE_9");
        assertThat(openAi.err()).contains("NO_SUCH_VARIABLE_9 is not set");
    }

    /** A real process, killed while requests are under way. */
    @Test
    @Timeout(120)
    void killedItGoesOnAndAsksNothingTwice() throws IOException, InterruptedException {
        allowed.drainPermits();
        allowed.release(7);
        var command = ChildProcesses.java(List.of(), Main.class.getName(), arguments("--parallel", "2"));
        var process = processes.start(
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD));
        var cache = folder.resolve("cache.jsonl");
        // the seventh reply is on the disk, two more are awaited
        while (process.isAlive()
                && !(keys.size() == 9 && Files.readAllLines(cache).size() == 7)) {
            Thread.sleep(20);
        }
        process.destroyForcibly();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        var before = List.copyOf(bodies);
        assertThat(before).hasSize(7);
        allowed.release(1_000_000);
        var outcome = judge();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("24 requests, 7 of them answered before", "17 requests in this run");
        // except the threads that waited for the dead process's replies
        assertThat(bodies.stream().filter(before::contains).count()).isEqualTo(7);
        assertThat(Files.readAllLines(cache)).hasSize(24);
    }
}
