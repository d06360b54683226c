package dev.tandem.train.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        var info = cpuInfo();
        var flags = List.of(
                info.getOrDefault("flags", info.getOrDefault("Features", "")).split(" "));
        return new Machine(
                info.getOrDefault("model name", System.getProperty("os.arch", "unknown")),
                INTERESTING.stream().filter(flags::contains).toList(),
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

    /** Keys and values of the first processor. */
    private static Map<String, String> cpuInfo() {
        var result = new LinkedHashMap<String, String>();
        for (var line : lines(Path.of("/proc/cpuinfo"))) {
            var colon = line.indexOf(':');
            if (colon > 0) {
                result.putIfAbsent(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        }
        return result;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return new ArrayList<>();
        }
    }
}
