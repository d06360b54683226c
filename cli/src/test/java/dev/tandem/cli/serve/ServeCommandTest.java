package dev.tandem.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.cli.Main;
import dev.tandem.cli.Outcome;
import dev.tandem.cli.TinyModel;
import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ServeCommandTest {
    private static final Pattern URL = Pattern.compile("at (http://127.0.0.1:\\d+)/v1");

    @TempDir
    static Path folder;

    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void model() {
        TinyModel.write(folder.resolve("tiny"), Optional.empty());
    }

    private static Outcome serve(String... options) {
        return serve("tiny", 0, options);
    }

    private static Outcome serve(String model, int port, String... options) {
        var arguments = new ArrayList<>(
                List.of("serve", "--model", folder.resolve(model).toString(), "--port", String.valueOf(port)));
        arguments.addAll(List.of(options));
        return Outcome.of(arguments.toArray(String[]::new));
    }

    private static void isMistake(Outcome outcome, String part) {
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.err()).contains(part);
    }

    @Test
    void mistakesEndItBeforeItServes() throws IOException {
        isMistake(serve("--host", "0.0.0.0"), "a key is needed");
        isMistake(serve("--host", "no.such.host.invalid"), "There is no host");
        isMistake(serve("--api-key-env", "TANDEM_NOT_SET"), "TANDEM_NOT_SET is not set");
        var key = Files.writeString(folder.resolve("key"), "short\n");
        isMistake(serve("--api-key-file", key.toString()), "16 to 512");
        isMistake(serve("--api-key-file", key + "2"), "Cannot read the API key");
        isMistake(serve("--api-key-file", key.toString(), "--api-key-env", "PATH"), "one of");
        isMistake(serve("--max-batch", "0"), "from 1 to 1024");
        isMistake(serve("--queue", "-1"), "queue is -1");
        isMistake(serve("--kv-tokens", "5"), "64 or more");
        isMistake(serve("--top-p", "2"), "top-p is 2.0");
        isMistake(serve("--drain", "-1"), "drain is -1");
        isMistake(serve("tiny", 99_999), "--port is 99999, but must be from 0 to 65535");
        isMistake(serve("tiny", -1), "--port is -1");
        isMistake(serve("none", 0), "none");
        try (var taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            isMistake(serve("tiny", taken.getLocalPort()), "Choose another with --port");
        }
    }

    private static HttpRequest request(String url, int tokens) {
        var body = "{\"model\": \"tiny\", \"prompt\": \"the hill\", \"max_tokens\": " + tokens + "}";
        return HttpRequest.newBuilder(URI.create(url + "/v1/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private CompletableFuture<HttpResponse<String>> ask(String url, int tokens) {
        return client.sendAsync(request(url, tokens), HttpResponse.BodyHandlers.ofString());
    }

    private double active(String url) throws IOException, InterruptedException {
        var response = client.send(
                HttpRequest.newBuilder(URI.create(url + "/metrics")).build(), HttpResponse.BodyHandlers.ofString());
        return response.body()
                .lines()
                .filter(line -> line.startsWith("tandem_active "))
                .mapToDouble(line -> Double.parseDouble(line.substring("tandem_active ".length())))
                .sum();
    }

    /** A real process, ended by a real signal. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void terminatedItFinishesWhatItBegan() throws Exception {
        var out = folder.resolve("out.txt");
        var command = ChildProcesses.java(
                List.of("-Xmx256m"),
                Main.class.getName(),
                List.of("serve", "--model", folder.resolve("tiny").toString(), "--port", "0"));
        var process = processes.start(
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()));
        var url = url(process, out);
        var answer = ask(url, 200);
        while (active(url) < 1) {
            Thread.sleep(5);
        }
        process.destroy();
        while (!Files.readString(out).contains("Stopping: requests are refused")) {
            Thread.sleep(5);
        }
        assertThat(answer.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(answer.get().body()).contains("\"finish_reason\"");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(out)).isEqualTo(143);
        assertThat(Files.readString(out))
                .contains("Serving tiny at", "Texts of up to 4,000 tokens, 16 at a time")
                .doesNotContain("aborted", "Exception", "WARN");
    }

    private static String url(Process process, Path out) throws IOException, InterruptedException {
        while (process.isAlive()) {
            var found = URL.matcher(Files.readString(out));
            if (found.find()) {
                return found.group(1);
            }
            Thread.sleep(10);
        }
        throw new AssertionError(Files.readString(out));
    }
}
