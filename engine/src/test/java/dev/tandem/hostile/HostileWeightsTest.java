package dev.tandem.hostile;

import static dev.tandem.hostile.HostileFolder.NORM;
import static dev.tandem.hostile.HostileFolder.WEIGHTS;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tandem.UserException;
import dev.tandem.hostile.HostileFolder.Change;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Model folders whose weights are not what they should be: each is refused with a reason, none reaches libtorch. */
class HostileWeightsTest {
    @TempDir
    Path temporary;

    static Stream<Arguments> spoilt() {
        return Stream.of(
                weights("negative header length", f -> f.bytes(b -> length(b, -1)), "header length is 184467440737"),
                weights("zero header length", f -> f.bytes(b -> length(b, 0)), "header length is 0 bytes"),
                weights("length beyond the file", f -> f.bytes(b -> length(b, b.length)), "in a file of"),
                weights("seven bytes", f -> f.bytes(b -> Arrays.copyOf(b, 7)), "it has 7 bytes"),
                weights("cut", f -> f.bytes(b -> Arrays.copyOf(b, b.length - 1000)), "is the file cut off?"),
                weights("trailing bytes", f -> f.bytes(b -> Arrays.copyOf(b, b.length + 16)), "data bytes"),
                weights("pickle inside", f -> f.bytes(b -> pickle()), "header length"),
                weights(
                        "overlap",
                        f -> f.header(json -> {
                            var other = json.get("model.layers.0.input_layernorm.weight");
                            json.withObject("/" + NORM).set("data_offsets", other.get("data_offsets"));
                        }),
                        "tensors overlap or leave a hole"),
                weights("past the end", f -> f.tensor(t -> shift(t, 1L << 40)), "is the file cut off?"),
                weights(
                        "reversed",
                        f -> f.tensor(t -> t.putArray("data_offsets").add(9).add(1)),
                        "[9, 1]"),
                weights(
                        "negative offset",
                        f -> f.tensor(t -> t.putArray("data_offsets").add(-4).add(124)),
                        "counts"),
                weights(
                        "offset beyond 64 bits",
                        f -> f.headerText(h ->
                                h.replaceFirst("data_offsets\":\\s*\\[\\d+", "data_offsets\":[99999999999999999999")),
                        "counts"),
                weights(
                        "shape and size differ",
                        f -> f.tensor(t -> t.putArray("shape").add(33)),
                        "does not fill its"),
                weights(
                        "shape overflows",
                        f -> f.tensor(t -> t.putArray("shape").add(1L << 62).add(4)),
                        "more elements than 64 bits can count"),
                weights(
                        "a shape of a million dimensions",
                        f -> f.tensor(t -> {
                            var shape = t.putArray("shape");
                            for (var i = 0; i < 1_000_000; i++) {
                                shape.add(1);
                            }
                            shape.add(32);
                        }),
                        "tensor '" + NORM + "' has 1000001 dimensions"),
                weights("unknown dtype", f -> f.tensor(t -> t.put("dtype", "Q4_K")), "dtype 'Q4_K'"),
                weights(
                        "key twice",
                        f -> f.headerText(h -> h.replaceFirst(
                                "\\{", "{\"" + NORM + "\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},")),
                        "Duplicate"),
                weights("brackets without end", f -> f.headerText(h -> "{\"a\":" + "[".repeat(100_000)), "depth"),
                weights("a name of 100,000 letters", f -> f.headerText(h -> "{\"" + "n".repeat(100_000) + "\":1}"), ""),
                weights("layer absent", HostileWeightsTest::withoutNorm, "tensor '" + NORM + "' [32] is missing"),
                weights("weights absent", f -> Files.delete(f.path().resolve(WEIGHTS)), "holds no weights"),
                weights("a folder for weights", HostileWeightsTest::folder, "is a folder"),
                weights("pickle alone", HostileWeightsTest::onlyPickle, "can run any code when they are read"),
                weights("a link to a pickle", HostileWeightsTest::linkedPickle, "can run any code when they are read"));
    }

    private static Arguments weights(String name, Change change, String message) {
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
                .hasSizeLessThan(2000);
    }

    @Test
    void aTensorMoreIsIgnored() throws Exception {
        var folder = HostileFolder.of("llama", temporary.resolve("model"));
        folder.header(json -> {
            var surprise = json.putObject("surprise.weight").put("dtype", "F32");
            surprise.putArray("shape").add(0);
            surprise.putArray("data_offsets").add(0).add(0);
        });
        folder.load();
    }

    @Test
    void aTerabyteThatIsNotThereIsNotRead() throws Exception {
        var folder = HostileFolder.of("llama", temporary.resolve("model"));
        try (var file = new RandomAccessFile(folder.path().resolve(WEIGHTS).toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        assertThatThrownBy(folder::load).isInstanceOf(UserException.class).hasMessageContaining("data bytes");
    }

    private static void withoutNorm(HostileFolder folder) throws IOException {
        folder.headerText(text -> text.replace(NORM, "model.layers.0.unknown.weight"));
    }

    private static void folder(HostileFolder folder) throws IOException {
        Files.delete(folder.path().resolve(WEIGHTS));
        Files.createDirectory(folder.path().resolve(WEIGHTS));
    }

    private static void onlyPickle(HostileFolder folder) throws IOException {
        Files.delete(folder.path().resolve(WEIGHTS));
        Files.write(folder.path().resolve("pytorch_model.bin"), pickle());
    }

    private static void linkedPickle(HostileFolder folder) throws IOException {
        onlyPickle(folder);
        Files.createSymbolicLink(folder.path().resolve("model.pt"), Path.of("pytorch_model.bin"));
    }

    /** Runs a command when Python reads it. */
    private static byte[] pickle() {
        return "\u0080\u0002cposix\nsystem\nq\0X\u0004\0\0\0trueq\u0001\u0085q\u0002Rq\u0003."
                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static byte[] length(byte[] file, long length) {
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
        return file;
    }

    private static void shift(tools.jackson.databind.node.ObjectNode tensor, long by) {
        var offsets = tensor.get("data_offsets");
        var begin = offsets.get(0).longValue() + by;
        var end = offsets.get(1).longValue() + by;
        tensor.putArray("data_offsets").add(begin).add(end);
    }
}
