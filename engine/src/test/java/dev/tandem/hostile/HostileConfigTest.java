package dev.tandem.hostile;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tandem.UserException;
import dev.tandem.hostile.HostileFolder.Change;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/** A {@code config.json} that is not valid, or that requests something impossible. */
class HostileConfigTest {
    private static final String CONFIG = "config.json";

    @TempDir
    Path temporary;

    static Stream<Arguments> spoilt() {
        return Stream.of(
                key("unknown model", c -> c.put("model_type", "mamba2"), "model_type 'mamba2' is not supported"),
                key("a model of no text", c -> c.put("model_type", 7), "'model_type' is 7"),
                key("heads", c -> c.put("num_attention_heads", 7), "is not a multiple of num_attention_heads 7"),
                key("more layers", c -> c.put("num_hidden_layers", 12), "describes 12 layers"),
                key("too many layers", c -> c.put("num_hidden_layers", 1 << 30), "at most 10000"),
                key("huge", c -> c.put("hidden_size", Integer.MAX_VALUE), "'hidden_size' is 2147483647; at most"),
                key("beyond 32 bits", c -> c.put("hidden_size", 1L << 40), "an integer was expected"),
                key("negative", c -> c.put("vocab_size", -1), "a positive integer was expected"),
                key("a product that overflows", c -> c.put("head_dim", 1 << 20), "are wider together"),
                key("positions", c -> c.put("max_position_embeddings", 0), "a positive integer was expected"),
                key("rope", c -> c.putObject("rope_scaling").put("type", "longrope"), "rope type 'longrope'"),
                key("quantized", c -> c.putObject("quantization_config").put("bits", 4), "the weights are quantized"),
                key("an escape", c -> c.put("hidden_act", "\u001b[2J\u202e"), "'\\u001b[2J\\u202e' is not supported"),
                key("a class", c -> c.put("model_type", "java.lang.Runtime"), "is not supported"),
                text("yaml", "model_type: llama\nhidden_size: 64\n", "config.json:1 is not valid JSON"),
                text("empty", "", "is not a JSON object"),
                text("a list", "[]", "is not a JSON object"),
                text("more behind", "{} {}", "is not valid JSON"),
                text("key twice", "{\"model_type\":\"llama\",\"model_type\":\"qwen2\"}", "Duplicate"),
                text("deep", "{\"a\":" + "[".repeat(100_000), "nesting depth"),
                text("deep and closed", "[".repeat(100_000) + "]".repeat(100_000), "nesting depth"),
                text("a number of a million digits", "{\"hidden_size\":" + "9".repeat(1_000_000) + "}", "length"),
                text("a name of a million letters", "{\"" + "k".repeat(1_000_000) + "\":1}", "length"),
                text("NaN", "{\"rms_norm_eps\":NaN}", "is not valid JSON"),
                text("a comment", "{/* */}", "is not valid JSON"),
                file("not UTF-8", f -> bytes(f, new byte[] {'{', '"', (byte) 0xff, '"', '}'}), "is not UTF-8 text"),
                file("UTF-16", f -> bytes(f, "{\"a\":1}".getBytes(StandardCharsets.UTF_16)), "is not UTF-8 text"),
                file("absent", f -> Files.delete(f.path().resolve(CONFIG)), "does not exist"),
                file("a gigabyte", f -> grow(f, 1L << 30), "more than 50000000 bytes"));
    }

    private static Arguments key(String name, Consumer<ObjectNode> change, String message) {
        return file(name, f -> f.json(CONFIG, change), message);
    }

    private static Arguments text(String name, String text, String message) {
        return file(name, f -> Files.writeString(f.path().resolve(CONFIG), text), message);
    }

    private static Arguments file(String name, Change change, String message) {
        return arguments(name, change, message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spoilt")
    void isRefusedWithItsReason(String name, Change change, String message) throws Exception {
        var folder = HostileFolder.of("llama", temporary.resolve("model"));
        change.apply(folder);
        assertThatThrownBy(folder::load)
                .isInstanceOf(UserException.class)
                .hasMessageContaining(folder.path().toString())
                .hasMessageContaining(message)
                .message()
                .hasSizeLessThan(1000);
    }

    private static void bytes(HostileFolder folder, byte[] bytes) throws java.io.IOException {
        Files.write(folder.path().resolve(CONFIG), bytes);
    }

    private static void grow(HostileFolder folder, long size) throws java.io.IOException {
        try (var file = new RandomAccessFile(folder.path().resolve(CONFIG).toFile(), "rw")) {
            file.setLength(size);
        }
    }
}
