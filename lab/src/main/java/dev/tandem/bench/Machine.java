package dev.tandem.bench;

import dev.tandem.tensor.machine.SystemFiles;
import java.io.IOException;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/**
 * The machine that a measurement was taken on.
 *
 * @param cpu model name of the CPU
 * @param instructions relevant vector and matrix instruction sets that it supports
 * @param cores number of processors that the JVM sees
 * @param threads number of threads that compute
 * @param loadAverage load of the last minute, before measuring; negative if unknown
 * @param system operating system
 * @param jvm version of the JVM
 * @param bindings version of libtorch and, after the hyphen, of its Java bindings
 */
public record Machine(
        String cpu,
        List<String> instructions,
        int cores,
        int threads,
        double loadAverage,
        String system,
        String jvm,
        String bindings) {
    private static final List<String> INTERESTING =
            List.of("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd", "bf16", "sve");

    public Machine {
        instructions = List.copyOf(instructions);
    }

    /** The current state of this machine. */
    public static Machine here(int threads) {
        var cpuinfo = SystemFiles.cpuinfo();
        var instructions = SystemFiles.instructions(cpuinfo).orElse(List.of());
        return new Machine(
                SystemFiles.value(cpuinfo, "model name").orElseGet(() -> System.getProperty("os.arch", "unknown")),
                INTERESTING.stream().filter(instructions::contains).toList(),
                Runtime.getRuntime().availableProcessors(),
                threads,
                java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                        .getSystemLoadAverage(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                Runtime.version().toString(),
                bindingsVersion());
    }

    private static String bindingsVersion() {
        try {
            return Loader.getVersion("org.bytedeco", "pytorch");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
