package dev.tandem.eval.judge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ReplyCacheTest {
    private static final Supplier<ChatReply> NEVER = () -> {
        throw new AssertionError("asked");
    };

    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path folder;

    private final List<String> messages = new ArrayList<>();

    private Path file() {
        return folder.resolve("replies.jsonl");
    }

    private ReplyCache open() {
        return ReplyCache.open(file(), messages::add);
    }

    private static ChatReply reply(String text) {
        return new ChatReply(text, "stop", Map.of("m", -0.25, "\"\n", -3.5), Optional.of(new Usage(7, 1)));
    }

    @Test
    void whateverIsCutOffAtTheEndIsDroppedAndWrittenAnew() throws IOException {
        try (var cache = open()) {
            cache.get("one", () -> reply("m"));
            cache.get("two", () -> reply("M \u2028 ü"));
        }
        var bytes = Files.readAllBytes(file());
        var first = new String(bytes, StandardCharsets.UTF_8).indexOf('\n') + 1;
        for (var length = 0; length <= bytes.length; length++) {
            Files.write(file(), Arrays.copyOf(bytes, length));
            var asked = new ArrayList<String>();
            try (var cache = open()) {
                for (var key : List.of("one", "two")) {
                    cache.get(key, () -> {
                        asked.add(key);
                        return reply(key.equals("one") ? "m" : "M \u2028 ü");
                    });
                }
            }
            assertThat(asked)
                    .isEqualTo(
                            length < first
                                    ? List.of("one", "two")
                                    : length < bytes.length ? List.of("two") : List.<String>of());
            assertThat(Files.readAllBytes(file())).isEqualTo(bytes);
        }
        try (var cache = open()) {
            assertThat(cache.get("two", NEVER)).isEqualTo(reply("M \u2028 ü"));
        }
        assertThat(messages).isEmpty();
    }

    @Test
    void damagedLinesArePassedOverAndOtherFilesLeftAlone() throws IOException {
        try (var cache = open()) {
            cache.get("one", () -> reply("m"));
        }
        Files.writeString(file(), "\0\0\0\0\n", StandardOpenOption.APPEND);
        try (var cache = open()) {
            cache.get("two", () -> reply("M"));
        }
        try (var cache = open()) {
            assertThat(cache.get("one", NEVER)).isEqualTo(reply("m"));
            assertThat(cache.get("two", NEVER)).isEqualTo(reply("M"));
        }
        assertThat(messages).hasSize(2).allMatch(m -> m.contains("1 lines cannot be read"));
        Files.writeString(file(), "{\"prompt\": \"an answer\"");
        assertThatThrownBy(this::open)
                .isInstanceOf(UserException.class)
                .hasMessageContaining("not a file of a judge's");
        assertThat(file()).hasContent("{\"prompt\": \"an answer\"");
    }

    @Test
    void whatFailsIsAskedAgain() {
        try (var cache = open()) {
            assertThatThrownBy(() -> cache.get("one", () -> {
                        throw new UserException("no");
                    }))
                    .isInstanceOf(UserException.class)
                    .hasMessage("no");
            assertThat(cache.get("one", () -> reply("m"))).isEqualTo(reply("m"));
        }
    }

    /** Another process: keeps replies until it is killed, and reports each in a line. */
    static final class Keeper {
        private Keeper() {}

        public static void main(String[] args) throws IOException {
            try (var cache = ReplyCache.open(Path.of(args[0]), message -> {})) {
                for (var i = 0; ; i++) {
                    cache.get("key " + i, () -> reply("x".repeat(2000)));
                    System.out.write(("kept " + i + "\n").getBytes(StandardCharsets.US_ASCII));
                    System.out.flush();
                }
            }
        }
    }

    @Test
    @Timeout(120)
    void killedAtAnyMomentWhatWasKeptIsThereAndAnotherWaited() throws Exception {
        var kept = -1;
        for (var round = 0; round < 3; round++) {
            var command = ChildProcesses.java(List.of(), Keeper.class.getName(), List.of(file().toString()));
            var process = processes.start(new ProcessBuilder(command).redirectErrorStream(true));
            var waiter = new Thread(() -> {
                try (var cache = open()) {
                    cache.find("");
                }
            });
            try (var lines = process.inputReader(StandardCharsets.US_ASCII)) {
                assertThat(lines.readLine()).isEqualTo("kept 0");
                waiter.start();
                // what was kept before is skipped quickly
                while (kept < 20 * (round + 1)) {
                    kept = Math.max(kept, Integer.parseInt(lines.readLine().replace("kept ", "")));
                }
                process.destroyForcibly();
            }
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            waiter.join();
            try (var cache = open()) {
                for (var i = 0; i <= kept; i++) {
                    assertThat(cache.get("key " + i, NEVER)).isEqualTo(reply("x".repeat(2000)));
                }
            }
        }
        assertThat(messages).hasSize(3).allMatch(m -> m.contains("Another process judges with"));
    }
}
