package dev.tandem.hostile;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tandem.UserException;
import dev.tandem.hostile.HostileFolder.Change;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An index of shards must not lead anywhere else. */
class HostileShardsTest {
    private static final String INDEX = "model.safetensors.index.json";
    private static final String SHARD = "model-00001-of-00002.safetensors";

    @TempDir
    Path temporary;

    static Stream<Arguments> spoilt() {
        var outside = "the plain name of a .safetensors file in the same folder was expected";
        return Stream.of(
                shard("up", "../../../../etc/passwd", outside),
                shard("up to safetensors", "../other/model.safetensors", outside),
                shard("absolute", "/etc/passwd", outside),
                shard("absolute safetensors", "/tmp/model.safetensors", outside),
                shard("backslash", "..\\model.safetensors", outside),
                shard("NUL", "a\0.safetensors", "which is not a valid file name here"),
                shard("dots", "..", outside),
                shard("empty", "", outside),
                shard("a pickle", "pytorch_model.bin", outside),
                shard("absent", "model-9.safetensors", "does not exist"),
                shard("a control character", "\u001b[2J.safetensors", "\\u001b[2J.safetensors"),
                shard("the other shard", "model-00002-of-00002.safetensors", "but it is not"),
                shard("a name of 5,000 letters", "n".repeat(5000) + ".safetensors", ""),
                change("no names", f -> f.json(INDEX, json -> json.put("weight_map", 3)), "has no weight_map"),
                change(
                        "not text",
                        f -> f.json(
                                INDEX, json -> json.withObject("/weight_map").put("w", 3)),
                        outside),
                change("not JSON", f -> Files.writeString(f.path().resolve(INDEX), "{"), "is not valid JSON"),
                change(
                        "deep",
                        f -> Files.writeString(f.path().resolve(INDEX), "{\"weight_map\":" + "[".repeat(99_999)),
                        "nesting depth"),
                change("a tensor in both", HostileShardsTest::inBoth, "is in two shards"));
    }

    private static Arguments shard(String name, String shard, String message) {
        return change(
                name,
                f -> f.json(INDEX, json -> json.withObject("/weight_map").put("model.embed_tokens.weight", shard)),
                message);
    }

    private static Arguments change(String name, Change change, String message) {
        return arguments(name, change, message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spoilt")
    void isRefusedWithItsReason(String name, Change change, String message) throws Exception {
        var folder = HostileFolder.of("llama3-tied-sharded", temporary.resolve("model"));
        change.apply(folder);
        assertThatThrownBy(folder::load)
                .isInstanceOf(UserException.class)
                .hasMessageContaining(folder.path().toString())
                .hasMessageContaining(message);
    }

    @Test
    void whatIsWellLoads() {
        HostileFolder.of("llama3-tied-sharded", temporary.resolve("model")).load();
    }

    private static void inBoth(HostileFolder folder) throws java.io.IOException {
        Files.copy(folder.path().resolve(SHARD), folder.path().resolve("copy.safetensors"));
        folder.json(INDEX, json -> json.withObject("/weight_map").put("model.embed_tokens.weight", "copy.safetensors"));
    }
}
