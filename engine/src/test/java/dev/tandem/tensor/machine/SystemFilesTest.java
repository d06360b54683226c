package dev.tandem.tensor.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SystemFilesTest {
    private static final String TWO_PROCESSORS = """
            processor\t: 0
            model name\t: Some CPU @ 2.00GHz: fast
            flags\t\t: fpu avx2  avx512f

            processor\t: 1
            model name\t: Another
            flags\t\t: fpu
            """;

    @Test
    void theFirstProcessorSpeaksForAll() {
        assertThat(SystemFiles.value(TWO_PROCESSORS, "model name")).contains("Some CPU @ 2.00GHz: fast");
        assertThat(SystemFiles.instructions(TWO_PROCESSORS).orElseThrow()).containsExactly("fpu", "avx2", "avx512f");
        assertThat(SystemFiles.instructions("Features\t: fp asimd\n").orElseThrow())
                .containsExactly("fp", "asimd");
        assertThat(SystemFiles.instructions("")).isEmpty();
        assertThat(SystemFiles.value(TWO_PROCESSORS, "model")).isEmpty();
    }

    @Test
    void memoryIsInBytes() {
        var meminfo = "MemTotal:       16384 kB\nMemFree:  many kB\nHugePages_Total:       3\n";
        assertThat(SystemFiles.memory(meminfo, "MemTotal")).hasValue(16 << 20);
        assertThat(SystemFiles.memory(meminfo, "MemFree")).isEmpty();
        assertThat(SystemFiles.memory(meminfo, "HugePages_Total")).isEmpty();
        assertThat(SystemFiles.memory(meminfo, "Mem")).isEmpty();
    }

    @Test
    void whatIsNotThereIsEmpty() {
        assertThat(SystemFiles.text("/proc/there/is/no/such/file")).isEmpty();
    }
}
