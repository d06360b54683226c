package dev.tandem.tensor.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Written files are read again, by the safetensors format's own definition of its bytes. */
class SafetensorsFileTest {
    private static final long SEED = 20_250_115;
    private static final List<String> NAMES =
            List.of("w", "a.b.weight", "é", "字", "𝛼", "a \"quoted\\ name", "tab\tin");

    private final Device cpu = new Device("cpu");

    @TempDir
    Path temporary;

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void randomTensorsReadBackAsTheirRounding(DType type) {
        var random = new SplittableRandom(SEED);
        for (var round = 0; round < 40; round++) {
            try (var scope = new PointerScope()) {
                var tensors = tensors(random);
                SafetensorsWriter.write(file(), tensors, type);
                try (var file = SafetensorsFile.open(file())) {
                    assertThat(file.names()).containsExactlyElementsOf(tensors.keySet());
                    tensors.forEach((name, tensor) -> {
                        assertThat(file.dtype(name)).isEqualTo(type);
                        assertThat(file.shape(name)).isEqualTo(tensor.shape());
                        assertThat(file.tensor(name).shape()).isEqualTo(tensor.shape());
                        assertThat(Tensors.toFloats(file.tensor(name)))
                                .isEqualTo(Tensors.toFloats(tensor.to(type.scalarType())));
                    });
                }
            }
        }
    }

    @Test
    void writesTransposedTensorsInRowMajorOrder() throws Exception {
        try (var scope = new PointerScope()) {
            var tensor = Tensors.of(new float[] {1, 2, 3, 4, 5, 6}, cpu, 2, 3).t();
            SafetensorsWriter.write(file(), Map.of("w", tensor), DType.F32);
            var bytes = ByteBuffer.wrap(Files.readAllBytes(file())).order(ByteOrder.LITTLE_ENDIAN);
            bytes.position(bytes.capacity() - 24);
            var values = new float[6];
            bytes.asFloatBuffer().get(values);
            assertThat(values).containsExactly(1, 4, 2, 5, 3, 6);
        }
        try (var left = Files.list(temporary)) {
            assertThat(left).containsExactly(file());
        }
    }

    @Test
    void dataOffTheGridOfItsTypeIsCopied() {
        var random = new SplittableRandom(SEED);
        for (var padding = 0; padding < 8; padding++) {
            var header = "{" + RawSafetensors.entry("byte", "U8", "[1]", 0, 1) + ","
                    + RawSafetensors.entry("f", "F32", "[2]", 1, 9) + ","
                    + RawSafetensors.entry("h", "BF16", "[1]", 9, 11)
                    + "," + RawSafetensors.entry("x", "F16", "[]", 11, 13) + "}" + " ".repeat(padding);
            var value = random.nextInt(1000) / 8f;
            var data = ByteBuffer.allocate(13)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put((byte) 7)
                    .putFloat(value)
                    .putFloat(-2);
            data.putShort((short) 0x3fc0).putShort((short) 0xc500); // 1.5 in bfloat16, -5 in float16
            RawSafetensors.write(file(), header, data.array());
            try (var scope = new PointerScope();
                    var file = SafetensorsFile.open(file())) {
                assertThat(Tensors.toFloats(file.tensor("f"))).containsExactly(value, -2);
                assertThat(Tensors.toFloats(file.tensor("h"))).containsExactly(1.5f);
                assertThat(Tensors.toFloats(file.tensor("x"))).containsExactly(-5);
                assertThat(file.tensor("x").dim()).isZero();
            }
        }
    }

    @Test
    void tensorsAreViewsWhoseChangesStayPrivateAndOutliveTheFile() {
        try (var scope = new PointerScope()) {
            SafetensorsWriter.write(file(), Map.of("w", Tensors.of(new float[] {1, 2}, cpu, 2)), DType.F32);
            Tensor kept;
            try (var file = SafetensorsFile.open(file())) {
                kept = file.tensor("w");
                kept.fill_(new Scalar(9.0));
                assertThat(Tensors.toFloats(file.tensor("w"))).as("same memory").containsExactly(9, 9);
            }
            assertThat(Tensors.toFloats(kept)).containsExactly(9, 9);
            try (var again = SafetensorsFile.open(file())) {
                assertThat(Tensors.toFloats(again.tensor("w"))).containsExactly(1, 2);
            }
        }
    }

    @Test
    void aFileWithoutTensorsAndOneOfEmptyTensorsLoad() {
        SafetensorsWriter.write(file(), Map.of(), DType.F32);
        try (var file = SafetensorsFile.open(file())) {
            assertThat(file.names()).isEmpty();
        }
        RawSafetensors.write(file(), "{" + RawSafetensors.entry("none", "F32", "[3,0]", 0, 0) + "}", new byte[0]);
        try (var scope = new PointerScope();
                var file = SafetensorsFile.open(file())) {
            assertThat(file.tensor("none").shape()).containsExactly(3, 0);
        }
    }

    @Test
    void pathsMayHoldAnyCharacters() throws Exception {
        var folder = Files.createDirectory(temporary.resolve("modèle 字 %s"));
        try (var scope = new PointerScope()) {
            SafetensorsWriter.write(
                    folder.resolve("w.safetensors"), Map.of("w", Tensors.of(new float[] {3}, cpu, 1)), DType.F32);
            try (var file = SafetensorsFile.open(folder.resolve("w.safetensors"))) {
                assertThat(Tensors.toFloats(file.tensor("w"))).containsExactly(3);
            }
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsExplainedAndLeavesNothing() throws Exception {
        Files.createDirectory(file());
        Files.createFile(file().resolve("occupied"));
        try (var scope = new PointerScope()) {
            var tensors = Map.of("w", Tensors.zeros(cpu, 1));
            assertThatThrownBy(() -> SafetensorsWriter.write(file(), tensors, DType.F32))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("Cannot write " + file());
        }
        try (var left = Files.list(temporary)) {
            assertThat(left).containsExactly(file());
        }
    }

    private Map<String, Tensor> tensors(SplittableRandom random) {
        var result = new LinkedHashMap<String, Tensor>();
        for (var i = random.nextInt(5); i >= 0; i--) {
            var shape = new long[random.nextInt(4)];
            var elements = 1;
            for (var d = 0; d < shape.length; d++) {
                shape[d] = random.nextInt(6);
                elements *= (int) shape[d];
            }
            var values = new float[elements];
            for (var v = 0; v < elements; v++) {
                values[v] = Float.intBitsToFloat(random.nextInt());
                if (Float.isNaN(values[v])) {
                    values[v] = Float.NEGATIVE_INFINITY;
                }
            }
            var type = List.of(DType.F32, DType.BF16, DType.F16).get(random.nextInt(3));
            var name = NAMES.get(random.nextInt(NAMES.size())) + i;
            result.put(name, Tensors.of(values, cpu, shape).to(type.scalarType()));
        }
        return result;
    }

    private Path file() {
        return temporary.resolve("model.safetensors");
    }
}
