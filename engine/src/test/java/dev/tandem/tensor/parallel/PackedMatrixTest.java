package dev.tandem.tensor.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A product is the same whether or not it is packed or shared. */
class PackedMatrixTest {
    private static final List<Integer> WIDTHS = List.of(1, 7, 63, 64, 65, 100, 128, 200, 515);

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @ParameterizedTest
    @CsvSource({"Float, 1, 2e-6", "Float, 2, 2e-6", "Float, 3, 2e-6", "BFloat16, 1, 0.016", "BFloat16, 2, 0.016"})
    void productsAreThoseOfTheMatrixAsItIs(ScalarType type, int threads, float tolerance) {
        assumeThat(PackedMatrix.available(type)).isTrue();
        var random = new SplittableRandom(5);
        try (var team = new IntraOpPool(threads, 0)) {
            for (var i = 0; i < 40; i++) {
                try (var scope = new PointerScope();
                        var guard = new NoGradGuard();
                        var owner = new TensorOwner()) {
                    var in = WIDTHS.get(random.nextInt(WIDTHS.size()));
                    var weights = List.of(drawn(random, type, in), drawn(random, type, in));
                    var biased = random.nextBoolean();
                    var biases = biased
                            ? weights.stream()
                                    .map(w -> w.select(1, 0).contiguous())
                                    .toList()
                            : List.<Tensor>of();
                    var x = normal(1 + random.nextInt(70), in, type);
                    var packed = PackedMatrix.of(weights, biases, team, owner);
                    var expected = Tensors.toFloats(torch.linear(
                            x, cat(weights), biased ? new TensorOptional(cat(biases)) : new TensorOptional()));
                    var what = "case " + i + ": " + in + " inputs";
                    assertClose(Tensors.toFloats(packed.product(x)), expected, tolerance, what);
                    if (type.intern() == ScalarType.Float) {
                        var activated = Tensors.toFloats(torch.gelu(packed.product(x)));
                        assertClose(Tensors.toFloats(packed.gelu(x)), activated, tolerance, what);
                    }
                    var rows = packed.rows(x);
                    var width = rows[0].length;
                    for (var row = 0; row < rows.length; row++) {
                        var wanted = java.util.Arrays.copyOfRange(expected, row * width, (row + 1) * width);
                        assertClose(rows[row], wanted, tolerance, what);
                    }
                }
            }
        }
    }

    private static Tensor drawn(SplittableRandom random, ScalarType type, int in) {
        return normal(WIDTHS.get(random.nextInt(WIDTHS.size())), in, type);
    }

    private static Tensor normal(int rows, int columns, ScalarType type) {
        // sums of squares are about 1, so that products are too
        return torch.randn(new long[] {rows, columns}, Tensors.options(ScalarType.Float, new Device("cpu")))
                .mul(new Scalar(1 / Math.sqrt(columns)))
                .to(type);
    }

    private static Tensor cat(List<Tensor> parts) {
        return Tensors.cat(0, parts.toArray(Tensor[]::new));
    }

    private static void assertClose(float[] actual, float[] expected, float tolerance, String what) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        for (var i = 0; i < actual.length; i++) {
            var most = tolerance * Math.max(1, Math.abs(expected[i]));
            assertThat(actual[i]).as(what).isCloseTo(expected[i], within(most));
        }
    }
}
