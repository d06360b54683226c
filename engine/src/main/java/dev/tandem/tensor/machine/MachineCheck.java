package dev.tandem.tensor.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds out what makes training on a machine's CPUs slow: a processor without AVX2, busy cores, a CPU quota, swapping,
 * environment variables that conflict with Tandem's threads. Each warning says what to do. There is no warning about
 * what a system does not report, such as any system other than Linux.
 *
 * @param cpuinfo {@code /proc/cpuinfo}, or empty
 * @param meminfo {@code /proc/meminfo}, or empty
 * @param otherWork number of cores that other processes keep busy, if known; queried only when needed, because it may
 *     take a moment
 * @param cpuMax {@code cpu.max} of the control group: quota and period in microseconds; or empty
 * @param environment environment variables
 * @param cores number of cores that this process may use
 */
public record MachineCheck(
        String cpuinfo,
        String meminfo,
        Supplier<OptionalDouble> otherWork,
        String cpuMax,
        Map<String, String> environment,
        int cores) {
    private static final double SWAP_SHARE = 0.05;
    /** Threads per core above which waiting for one another costs more than a passing neighbour explains. */
    private static final double CROWDED = 1.5;

    private static final List<String> PINNING = List.of("OMP_PROC_BIND", "GOMP_CPU_AFFINITY", "KMP_AFFINITY");

    public MachineCheck {
        environment = Map.copyOf(environment);
    }

    /** The check of this machine, now. */
    public static MachineCheck here() {
        return new MachineCheck(
                SystemFiles.cpuinfo(),
                SystemFiles.meminfo(),
                CpuLoad::cores,
                SystemFiles.text("/sys/fs/cgroup/cpu.max"),
                System.getenv(),
                Runtime.getRuntime().availableProcessors());
    }

    /**
     * Warnings about the machine.
     *
     * @param threads number of threads that will compute
     */
    public List<String> warnings(int threads) {
        return Stream.of(avx2(), swap(), quota(threads), busy(threads), openBlas(), openMp(threads), pinning())
                .flatMap(Optional::stream)
                .map(text -> "Warning: " + text)
                .toList();
    }

    /**
     * A warning if memory is scarce.
     *
     * @param bytes number of bytes still to be allocated
     */
    public Optional<String> memory(long bytes) {
        var available = memory("MemAvailable");
        if (available.isEmpty() || available.getAsLong() >= bytes) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "Warning: about %.1f GiB more are needed and %.1f GiB are available: the run may be killed or swap. Lower"
                        + " train.micro-batch-tokens, micro-batch-size or max-length, or close other programs",
                bytes / (double) (1L << 30),
                available.getAsLong() / (double) (1L << 30)));
    }

    private Optional<String> avx2() {
        var isX86 = SystemFiles.value(cpuinfo, "flags").isPresent();
        return isX86 && !SystemFiles.instructions(cpuinfo).orElse(List.of()).contains("avx2")
                ? Optional.of(
                        "this processor, or the virtual machine, has no AVX2: training is several times slower than"
                                + " necessary. Use a newer processor, or let the virtual machine pass the host's features on")
                : Optional.empty();
    }

    private Optional<String> swap() {
        var used = memory("SwapTotal").orElse(0) - memory("SwapFree").orElse(0);
        var memory = memory("MemTotal");
        return memory.isPresent() && used > SWAP_SHARE * memory.getAsLong()
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "%.1f GiB of swap are in use: training stalls whenever it meets memory that was swapped out. Close"
                                + " other programs",
                        used / (double) (1L << 30)))
                : Optional.empty();
    }

    private Optional<String> quota(int threads) {
        var parts = cpuMax.trim().split("\\s+");
        if (parts.length != 2) {
            return Optional.empty();
        }
        var quota = number(parts[0]);
        var period = number(parts[1]);
        if (quota.isEmpty() || period.isEmpty() || quota.getAsDouble() >= threads * period.getAsDouble()) {
            return Optional.empty();
        }
        var allowed = quota.getAsDouble() / period.getAsDouble();
        return Optional.of(String.format(
                Locale.ROOT,
                "%d threads are to compute and the container may use %.1f cores: all threads are halted whenever that is"
                        + " used up. Set train.threads to %d, or give the container more",
                threads,
                allowed,
                Math.max(1, (int) allowed)));
    }

    private Optional<String> busy(int threads) {
        var others = otherWork.get();
        if (others.isEmpty() || others.getAsDouble() + threads <= CROWDED * machineCores()) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "%d threads are to compute on %d cores while other work keeps %.1f of them busy: the threads wait for one"
                        + " another. Stop the other work, or lower train.threads",
                threads,
                machineCores(),
                Math.min(machineCores(), others.getAsDouble())));
    }

    /**
     * Number of the machine's cores: other work is measured on all of them, even where this process may use only some.
     */
    private int machineCores() {
        var all = Pattern.compile("(?m)^processor\\s*:")
                .matcher(cpuinfo)
                .results()
                .count();
        return (int) Math.max(cores, all);
    }

    /** The launcher and {@link NativeSetup} set these correctly, unless they are instructed not to. */
    private Optional<String> openBlas() {
        if (!environment.containsKey("TANDEM_KEEP_OPENBLAS")) {
            return Optional.empty();
        }
        var found = new ArrayList<String>();
        if (environment.containsKey("OPENBLAS_CORETYPE")) {
            found.add("OPENBLAS_CORETYPE (it may name another processor's kernels)");
        }
        if (!environment.getOrDefault("OPENBLAS_NUM_THREADS", "").equals("1")) {
            found.add("OPENBLAS_NUM_THREADS other than 1 (its threads fight libtorch's)");
        }
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of("TANDEM_KEEP_OPENBLAS keeps " + String.join(" and ", found)
                        + ": training may be several times slower. Unset TANDEM_KEEP_OPENBLAS");
    }

    private Optional<String> openMp(int threads) {
        var given = number(environment.getOrDefault("OMP_NUM_THREADS", ""));
        return given.isPresent() && given.getAsDouble() > cores && given.getAsDouble() > threads
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "OMP_NUM_THREADS=%.0f asks for more threads than the %d cores. Unset it and set train.threads",
                        given.getAsDouble(),
                        cores))
                : Optional.empty();
    }

    private Optional<String> pinning() {
        return PINNING.stream()
                .filter(environment::containsKey)
                .filter(name -> !environment.getOrDefault(name, "").equalsIgnoreCase("false"))
                .findFirst()
                .map(name -> name + " is set: it may tie all threads to one core. Unset it");
    }

    private OptionalLong memory(String key) {
        return SystemFiles.memory(meminfo, key);
    }

    static OptionalDouble number(String text) {
        return text.matches("[0-9]{1,12}(\\.[0-9]{1,12})?")
                ? OptionalDouble.of(Double.parseDouble(text))
                : OptionalDouble.empty();
    }
}
