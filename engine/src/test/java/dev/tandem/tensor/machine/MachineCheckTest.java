package dev.tandem.tensor.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MachineCheckTest {
    private static final String CPU = """
            processor\t: 0
            vendor_id\t: GenuineIntel
            flags\t\t: fpu sse sse2 avx avx2 bmi2 avx512f
            bugs\t\t: spectre_v1

            processor\t: 1
            flags\t\t: fpu sse sse2 avx avx2 bmi2 avx512f
            """;
    private static final String MEMORY = """
            MemTotal:       16000000 kB
            MemFree:          900000 kB
            MemAvailable:    8388608 kB
            SwapTotal:       4000000 kB
            SwapFree:        3900000 kB
            """;
    private static final OptionalDouble LOAD = OptionalDouble.of(0.52);
    private static final String NO_QUOTA = "max 100000\n";

    private static MachineCheck machine(String cpu, String memory, OptionalDouble load, String quota) {
        return new MachineCheck(cpu, memory, () -> load, quota, Map.of("PATH", "/bin"), 4);
    }

    @Test
    void aGoodMachineIsNotTalkedAbout() {
        assertThat(machine(CPU, MEMORY, LOAD, NO_QUOTA).warnings(4)).isEmpty();
        assertThat(machine(CPU, MEMORY, LOAD, "400000 100000").warnings(4)).isEmpty();
    }

    @Test
    void silentWhereNothingIsKnown() {
        assertThat(machine("", "", OptionalDouble.empty(), "").warnings(64)).isEmpty();
        assertThat(machine("", "", OptionalDouble.empty(), "").memory(Long.MAX_VALUE))
                .isEmpty();
        assertThat(machine("Features : fp asimd", "MemTotal: lots", OptionalDouble.empty(), "1 2 3")
                        .warnings(4))
                .isEmpty();
    }

    @Test
    void noAvx2() {
        assertThat(machine(CPU.replace("avx2", "avx2x"), MEMORY, LOAD, NO_QUOTA).warnings(4))
                .singleElement()
                .asString()
                .startsWith("Warning: ")
                .contains("no AVX2");
    }

    @ParameterizedTest
    @CsvSource({"4000000,false", "3200000,false", "3199999,true", "0,true"})
    void swapInUse(long free, boolean warned) {
        var memory = MEMORY.replace("3900000", String.valueOf(free));
        var warnings = machine(CPU, memory, LOAD, NO_QUOTA).warnings(4);
        assertThat(warnings)
                .hasSize(warned ? 1 : 0)
                .allSatisfy(w -> assertThat(w).contains("swap are in use"));
    }

    @Test
    void aQuotaBelowTheThreads() {
        assertThat(machine(CPU, MEMORY, LOAD, "250000 100000\n").warnings(4))
                .singleElement()
                .asString()
                .contains("4 threads", "2.5 cores", "Set train.threads to 2");
        assertThat(machine(CPU, MEMORY, LOAD, "250000 100000\n").warnings(2)).isEmpty();
        assertThat(machine(CPU, MEMORY, LOAD, "50000 100000\n").warnings(2).get(0))
                .contains("Set train.threads to 1");
    }

    @Test
    void busyCores() {
        assertThat(machine(CPU, MEMORY, OptionalDouble.of(3.4), NO_QUOTA).warnings(4))
                .singleElement()
                .asString()
                .contains("4 threads", "4 cores", "3.4 of them busy");
        assertThat(machine(CPU, MEMORY, OptionalDouble.of(3.4), NO_QUOTA).warnings(1))
                .isEmpty();
    }

    @Test
    void theLoadIsTheWholeMachines() {
        var cpu = CPU + "processor\t: 2\nprocessor\t: 3\n";
        var load = OptionalDouble.of(2.3);
        assertThat(new MachineCheck(cpu, MEMORY, () -> load, NO_QUOTA, Map.of(), 2).warnings(2))
                .isEmpty();
        assertThat(new MachineCheck(CPU, MEMORY, () -> load, NO_QUOTA, Map.of(), 2).warnings(2))
                .hasSize(1);
    }

    @Test
    void shortOfMemory() {
        var machine = machine(CPU, MEMORY, LOAD, NO_QUOTA);
        assertThat(machine.memory(8L << 30)).isEmpty();
        assertThat(machine.memory((8L << 30) + 1))
                .hasValueSatisfying(text -> assertThat(text).contains("8.0 GiB are available"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OMP_PROC_BIND=true",
                "GOMP_CPU_AFFINITY=0-3",
                "OMP_NUM_THREADS=64",
                "TANDEM_KEEP_OPENBLAS=1",
            })
    void environmentsThatFight(String setting) {
        var parts = setting.split("=", 2);
        var machine = new MachineCheck(CPU, MEMORY, () -> LOAD, NO_QUOTA, Map.of(parts[0], parts[1]), 4);
        assertThat(machine.warnings(4)).singleElement().asString().contains(parts[0]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"OMP_PROC_BIND=false", "OMP_NUM_THREADS=2", "OMP_NUM_THREADS=4,2", "OPENBLAS_CORETYPE=Zen"})
    void environmentsThatDoNot(String setting) {
        var parts = setting.split("=", 2);
        var machine = new MachineCheck(CPU, MEMORY, () -> LOAD, NO_QUOTA, Map.of(parts[0], parts[1]), 4);
        assertThat(machine.warnings(4)).isEmpty();
    }

    @Test
    void keptSettingsOfOpenBlasThatAreRight() {
        var kept = Map.of("TANDEM_KEEP_OPENBLAS", "1", "OPENBLAS_NUM_THREADS", "1");
        assertThat(new MachineCheck(CPU, MEMORY, () -> LOAD, NO_QUOTA, kept, 4).warnings(4))
                .isEmpty();
    }

    @Test
    void thisMachineCanBeAsked() {
        assertThat(MachineCheck.here().cores()).isPositive();
        assertThat(MachineCheck.here().warnings(1))
                .allSatisfy(w -> assertThat(w).startsWith("Warning: "));
    }
}
