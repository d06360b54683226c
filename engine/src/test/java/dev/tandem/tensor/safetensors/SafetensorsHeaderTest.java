package dev.tandem.tensor.safetensors;

import static dev.tandem.tensor.safetensors.RawSafetensors.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsHeaderTest {
    private static final long SEED = 20_250_114;
    private static final byte[] EIGHT = new byte[8];

    @TempDir
    Path temporary;

    @Test
    void readsTensorsMetadataAndPadding() {
        var header = "{\"__metadata__\":{\"format\":\"pt\"}," + entry("w", "BF16", "[2,1]", 4, 8) + ","
                + entry("b", "F32", "[]", 0, 4) + "}   ";
        var read = SafetensorsHeader.read(RawSafetensors.write(file(), header, EIGHT));
        assertThat(read.metadata()).isEqualTo(Map.of("format", "pt"));
        assertThat(read.entries().keySet()).containsExactly("w", "b");
        assertThat(read.entries().get("w").shape()).containsExactly(2L, 1L);
        assertThat(read.dataStart()).isEqualTo(8 + header.length());
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                // JSON
                Arguments.of("[]", "does not start with '{'"),
                Arguments.of(" {}", "does not start with '{'"),
                Arguments.of("{\"w\":", "not valid JSON"),
                Arguments.of("{} {}", "not valid JSON"),
                Arguments.of("{\"w\":".repeat(5000), "not valid JSON"),
                Arguments.of(both(entry("w", "F32", "[1]", 0, 4), entry("w", "F32", "[1]", 4, 8)), "Duplicate"),
                // entries
                Arguments.of("{\"w\":3}", "tensor 'w' has no dtype"),
                Arguments.of("{\"w\":null}", "tensor 'w' has no dtype"),
                Arguments.of(
                        one("Q4_K", "[2]", 0, 8),
                        "tensor 'w' has dtype 'Q4_K', which is not supported. Supported: F32"),
                Arguments.of(one("f32", "[2]", 0, 8), "dtype 'f32'"),
                Arguments.of("{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", "tensor 'w' has no shape"),
                Arguments.of("{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}}", "tensor 'w' has no data_offsets"),
                Arguments.of(
                        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8]}}", "[begin, end] was expected"),
                Arguments.of(one("F32", "[-2]", 0, 8), "tensor 'w' has a shape that is not a list of counts"),
                Arguments.of(one("F32", "[2.0]", 0, 8), "not a list of counts"),
                Arguments.of(one("F32", "[\"2\"]", 0, 8), "not a list of counts"),
                Arguments.of(one("F32", "[99999999999999999999]", 0, 8), "not a list of counts"),
                Arguments.of(one("F32", "{\"a\":2}", 0, 8), "tensor 'w' has no shape"),
                Arguments.of(
                        one("F32", "[3]", 0, 8), "tensor 'w' has shape [3] in F32, which does not fill its 8 bytes"),
                Arguments.of(one("F32", "[4611686018427387904,4]", 0, 8), "more elements than 64 bits can count"),
                Arguments.of(one("F32", "[4611686018427387904,4,0]", 0, 0), "more elements than 64 bits can count"),
                // where the data is
                Arguments.of(one("F32", "[2]", 8, 0), "tensor 'w' has data_offsets [8, 0]"),
                Arguments.of(one("F32", "[2]", -8, 0), "tensor 'w' has a data_offsets that is not a list of counts"),
                Arguments.of(one("F32", "[4]", 0, 16), "tensor 'w' ends at byte 16 of the data, which has 8"),
                Arguments.of(one("F32", "[1]", 4, 8), "tensor 'w' begins at byte 4 of the data, where 0 was expected"),
                Arguments.of(both(entry("v", "F32", "[2]", 0, 8), entry("w", "F32", "[1]", 4, 8)), "tensor 'w' begins"),
                Arguments.of(both(entry("v", "U8", "[2]", 0, 2), entry("w", "F32", "[1]", 4, 8)), "tensor 'w' begins"),
                Arguments.of(one("F32", "[1]", 0, 4), "its tensors cover 4 of its 8 data bytes"),
                Arguments.of("{}", "its tensors cover 0 of its 8 data bytes"),
                // metadata
                Arguments.of("{\"__metadata__\":{\"epoch\":3}}", "__metadata__ 'epoch' is not a string"),
                Arguments.of("{\"__metadata__\":\"pt\"}", "__metadata__ is not a JSON object"));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void namesWhatIsWrong(String header, String message) {
        RawSafetensors.write(file(), header, EIGHT);
        assertThatThrownBy(() -> SafetensorsHeader.read(file()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message)
                .hasMessageStartingWith(file().toString());
    }

    static Stream<Arguments> lengths() {
        return Stream.of(
                Arguments.of(0, "header length is 0"),
                Arguments.of(1, "not valid JSON"),
                Arguments.of(-1, "header length is 18446744073709551615"),
                Arguments.of(Long.MIN_VALUE, "header length is 9223372036854775808"),
                Arguments.of(Long.MAX_VALUE, "header length is 9223372036854775807"),
                Arguments.of(100_000_001, "header length is 100000001"),
                Arguments.of(11, "header length is 11 bytes, in a file of 18 bytes"));
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void refusesImpossibleHeaderLengths(long length, String message) {
        RawSafetensors.write(file(), length, "{}".getBytes(StandardCharsets.UTF_8), EIGHT);
        assertThatThrownBy(() -> SafetensorsHeader.read(file()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesWhatIsNoSafetensorsFileAtAll() throws Exception {
        Files.createFile(file());
        assertRefused("it has 0 bytes");
        Files.write(file(), new byte[7]);
        assertRefused("it has 7 bytes");
        Files.writeString(file(), "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n");
        assertRefused("is a Git LFS pointer");
        Files.writeString(file(), "<!DOCTYPE html><title>404</title>");
        assertRefused("header length");
        RawSafetensors.write(file(), new byte[] {'{', '"', (byte) 0xC3, '"', '}'}, EIGHT);
        assertRefused("its header is not UTF-8");
        RawSafetensors.write(file(), "{}".getBytes(StandardCharsets.UTF_16LE), EIGHT);
        assertRefused("not valid JSON");
        Files.delete(file());
        assertRefused("does not exist");
        Files.createDirectory(file());
        assertRefused("is not a file");
    }

    @Test
    void messagesEscapeControlCharactersOfNames() {
        RawSafetensors.write(file(), "{\"\\u001b[2Jw\":{\"dtype\":\"X\\u0007\\u202e\"}}", EIGHT);
        assertRefused("tensor '\\u001b[2Jw' has dtype 'X\\u0007\\u202e'");
    }

    @Test
    void changedBytesLoadOrAreExplained() throws Exception {
        var header = "{\"__metadata__\":{\"format\":\"pt\"}," + entry("model.w", "F32", "[1,1]", 0, 4) + ","
                + entry("b\u00e9", "BF16", "[2]", 4, 8) + "}";
        RawSafetensors.write(file(), header, EIGHT);
        var valid = Files.readAllBytes(file());
        var random = new SplittableRandom(SEED);
        var refused = 0;
        for (var round = 0; round < 5000; round++) {
            var bytes = valid.clone();
            for (var flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length - EIGHT.length)] ^= (byte) (1 + random.nextInt(255));
            }
            Files.write(file(), bytes);
            try {
                var entries = SafetensorsHeader.read(file()).entries().values();
                assertThat(entries.stream().mapToLong(e -> e.end() - e.begin()).sum())
                        .isEqualTo(EIGHT.length);
            } catch (UserException e) {
                assertThat(e).hasMessageStartingWith(file().toString());
                assertThat(e.getMessage()).doesNotContainPattern("[\\p{Cntrl}&&[^\\n]]");
                refused++;
            }
        }
        assertThat(refused).isBetween(2500, 4999);
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> SafetensorsHeader.read(file()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(file().toString())
                .hasMessageContaining(message);
    }

    private Path file() {
        return temporary.resolve("model.safetensors");
    }

    private static String one(String dtype, String shape, long begin, long end) {
        return "{" + entry("w", dtype, shape, begin, end) + "}";
    }

    private static String both(String a, String b) {
        return "{" + a + "," + b + "}";
    }
}
