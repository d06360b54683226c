package dev.tandem.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointWeightsTest {
    private static final long SEED = 20_250_116;
    private static final String ONE = "{" + RawSafetensors.entry("w", "F32", "[1]", 0, 4) + "}";

    private final Device cpu = new Device("cpu");

    @TempDir
    Path temporary;

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @Test
    void shardsOfAnySizeHoldWhatTheWholeHolds() throws Exception {
        var random = new SplittableRandom(SEED);
        for (var round = 0; round < 25; round++) {
            try (var scope = new PointerScope()) {
                var tensors = tensors(random);
                // into the folder of the previous round: its files must not be read
                CheckpointWriter.write(temporary, tensors, 1 + random.nextInt(150), DType.F32);
                assertThat(Files.exists(index())).isNotEqualTo(Files.exists(single()));
                try (var weights = WeightsFormats.open(temporary)) {
                    assertThat(weights.names()).containsExactlyElementsOf(tensors.keySet());
                    tensors.forEach((name, tensor) -> {
                        assertThat(weights.shape(name)).isEqualTo(tensor.shape());
                        assertThat(Tensors.toFloats(weights.tensor(name))).isEqualTo(Tensors.toFloats(tensor));
                    });
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../model.safetensors",
                "/etc/passwd",
                "/model.safetensors",
                "sub/model.safetensors",
                "..\\\\model.safetensors",
                "..",
                "",
                "model.bin",
                "a\\u0000.safetensors"
            })
    void anIndexCannotLeaveItsFolder(String shard) throws Exception {
        RawSafetensors.write(single(), ONE, new byte[4]);
        var folder = Files.createDirectory(temporary.resolve("model"));
        Files.writeString(
                folder.resolve(CheckpointWeights.INDEX), "{\"weight_map\": {\"w\": \"%s\"}}".formatted(shard));
        assertRefused(folder, CheckpointWeights.INDEX, "names the shard");
    }

    @Test
    void brokenIndexesAreExplained() throws Exception {
        RawSafetensors.write(temporary.resolve("a.safetensors"), ONE, new byte[4]);
        RawSafetensors.write(temporary.resolve("b.safetensors"), ONE, new byte[4]);
        Files.writeString(index(), "weight_map: {}");
        assertRefused(temporary, index().toString(), "is not valid JSON");
        Files.write(index(), new byte[] {'{', '"', (byte) 0xff, '"'});
        assertRefused(temporary, index().toString(), "UTF-8");
        for (var json : new String[] {"{}", "{\"weight_map\": {}}", "{\"weight_map\": []}"}) {
            Files.writeString(index(), json);
            assertRefused(temporary, index().toString(), "no weight_map");
        }
        for (var json : new String[] {"[]", "null", ""}) {
            Files.writeString(index(), json);
            assertRefused(temporary, index() + " is not a JSON object");
        }
        for (var value : new String[] {"7", "null", "{}", "[\"a.safetensors\"]"}) {
            Files.writeString(index(), "{\"weight_map\": {\"w\": " + value + "}}");
            assertRefused(temporary, index().toString(), "names the shard");
        }
        Files.writeString(index(), "{\"weight_map\": {\"w\": \"a.safetensors\", \"w\": \"b.safetensors\"}}");
        assertRefused(temporary, index().toString(), "Duplicate");
        Files.writeString(index(), "{\"weight_map\": {\"v\": \"a.safetensors\"}}");
        assertRefused(temporary, "tensor 'v' is in a.safetensors, but it is not");
        Files.writeString(index(), "{\"weight_map\": {\"w\": \"absent.safetensors\"}}");
        assertRefused(temporary, "absent.safetensors does not exist");
    }

    @Test
    void aTensorInTwoShardsIsRefused() throws Exception {
        var both = ONE.substring(0, ONE.length() - 1) + "," + RawSafetensors.entry("v", "F32", "[1]", 4, 8) + "}";
        RawSafetensors.write(temporary.resolve("a.safetensors"), ONE, new byte[4]);
        RawSafetensors.write(temporary.resolve("b.safetensors"), both, new byte[8]);
        Files.writeString(index(), "{\"weight_map\": {\"w\": \"a.safetensors\", \"v\": \"b.safetensors\"}}");
        assertRefused(temporary, index().toString(), "tensor 'w' is in two shards, a.safetensors and b.safetensors");
    }

    @Test
    void picklesAreRefusedWithTheReasonAndTheWayOut() throws Exception {
        Files.write(temporary.resolve("pytorch_model-00001-of-00002.bin"), new byte[] {(byte) 0x80, 2});
        Files.write(temporary.resolve("pytorch_model-00002-of-00002.bin"), new byte[] {(byte) 0x80, 2});
        Files.write(temporary.resolve("training_args.bin"), new byte[] {(byte) 0x80, 2});
        assertRefused(
                temporary,
                temporary
                        + " holds weights only as pytorch_model-00001-of-00002.bin, pytorch_model-00002-of-00002.bin.",
                "can run any code",
                "safe_serialization=True");
        RawSafetensors.write(single(), ONE, new byte[4]);
        WeightsFormats.open(temporary).close();
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        assertRefused(temporary.resolve("nowhere"), "nowhere does not exist");
        assertRefused(temporary, "holds no weights: neither model.safetensors nor");
        Files.createSymbolicLink(single(), temporary.resolve("gone"));
        assertRefused(temporary, single() + " is a symbolic link to something that does not exist");
        Files.delete(single());
        Files.createDirectory(single());
        assertRefused(temporary, single() + " is a folder, a file was expected");
        Files.delete(single());
        Files.createDirectory(index());
        assertRefused(temporary, index() + " is a folder");
    }

    @Test
    void weightsOfIntegersAreNotWeights() {
        RawSafetensors.write(single(), ONE.replace("F32", "I32"), new byte[4]);
        try (var weights = WeightsFormats.open(temporary)) {
            assertThatThrownBy(() -> weights.tensor("w"))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining(single() + ": tensor 'w' is stored as I32; weights in F32, BF16 or F16");
        }
    }

    private void assertRefused(Path directory, String... messages) {
        assertThatThrownBy(() -> WeightsFormats.open(directory))
                .isInstanceOf(UserException.class)
                .hasMessageContainingAll(messages);
    }

    private Map<String, Tensor> tensors(SplittableRandom random) {
        var result = new LinkedHashMap<String, Tensor>();
        for (var i = random.nextInt(8); i >= 0; i--) {
            var count = random.nextInt(20);
            var values = new float[count];
            for (var v = 0; v < count; v++) {
                values[v] = (float) random.nextDouble();
            }
            result.put("t" + i, Tensors.of(values, cpu, count));
        }
        return result;
    }

    private Path single() {
        return temporary.resolve(CheckpointWeights.SINGLE);
    }

    private Path index() {
        return temporary.resolve(CheckpointWeights.INDEX);
    }
}
