package dev.tandem.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.tensor.machine.CudaDriver;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DevicesTest {
    @ParameterizedTest
    @CsvSource({
        "cpu, , 4, ",
        "cpu, 3, 4, ",
        "auto, , 0, ",
        "auto, 1, 0, ",
        "auto, , 2, 0",
        "auto, 1, 2, 1",
        "cuda, , 2, 0",
        "cuda, 0, 2, 0",
        "cuda, 1, 2, 1",
        "cuda:1, , 2, 1"
    })
    void ranksTakeTheDeviceOfTheirNumber(String name, Integer localRank, int devices, Integer index) {
        assertThat(Devices.cudaIndex(name, optional(localRank), devices)).isEqualTo(optional(index));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cuda:2 | | 2 | device 'cuda:2' does not exist: there are 2 CUDA devices",
                "cuda:0 | 1 | 2 | device 'cuda:0' is one device, and every rank needs one of its own. Use device: cuda",
                "cuda | 2 | 2 | Rank 2 of this machine has no CUDA device: there are 2. Start 2 ranks here at most (--nproc 2)",
                "auto | 2 | 2 | Rank 2 of this machine has no CUDA device",
                "gpu | | 2 | device 'gpu' is unknown. Expected: auto, cpu, cuda or cuda:n.",
                "cuda | | 0 | device 'cuda' was asked for, but "
            })
    void whatIsNotThereIsExplained(String name, Integer localRank, int devices, String message) {
        assertThatThrownBy(() -> Devices.cudaIndex(name, optional(localRank), devices))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aMachineWithoutADriverHasNoCapability() {
        assertThat(CudaDriver.capability(4711)).isZero();
    }

    private static OptionalInt optional(Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
