package dev.tandem.tensor.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class MatrixProductsTest {

    @Test
    void processorsTellTheirInstructions() {
        assertThat(MatrixProducts.multipliesBf16("processor\t: 0\nflags\t\t: fpu avx2 avx512f avx512_vnni\n"))
                .isFalse();
        assertThat(MatrixProducts.multipliesBf16("flags\t\t: fpu avx512f avx512_bf16 amx_tile\n"))
                .isTrue();
        assertThat(MatrixProducts.multipliesBf16("Features\t: fp asimd bf16 i8mm\n"))
                .isTrue();
        assertThat(MatrixProducts.multipliesBf16("Features\t: fp asimd\n")).isFalse();
        assertThat(MatrixProducts.multipliesBf16("")).isTrue();
    }

    @Test
    void float32IsMultipliedAsItIs() {
        NativeSetup.ensure();
        assertThat(MatrixProducts.fastest(ScalarType.Float, new Device("cpu"))).isEqualTo(ScalarType.Float);
    }

    @Test
    void weightsThatFillTheMachineDoNotFit() {
        assertThat(MatrixProducts.fits(1)).isTrue();
        assertThat(MatrixProducts.fits(1L << 55)).isFalse();
    }
}
