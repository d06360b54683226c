package dev.tandem.tensor.machine;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * The number of the machine's cores that other processes keep busy. The load average covers the last minute and
 * includes this process, so a run right after another would be warned about an idle machine. If the average is high,
 * the cores are therefore sampled for a moment.
 */
final class CpuLoad {
    private static final double IDLE = 0.5;
    private static final long LOOK_MILLIS = 200;

    private CpuLoad() {}

    /** Cores that are busy with other work now; absent where the system does not report it. */
    static OptionalDouble cores() {
        var load = loadAverage(SystemFiles.text("/proc/loadavg"));
        if (load.isEmpty() || load.getAsDouble() < IDLE) {
            return load;
        }
        var before = Sample.now();
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return load;
        }
        return between(before, Sample.now());
    }

    /**
     * The counters at one moment.
     *
     * @param stat {@code /proc/stat}
     * @param ownNanos time that this process has computed, on all cores
     * @param nanos a clock
     */
    record Sample(String stat, long ownNanos, long nanos) {
        static Sample now() {
            var own = ProcessHandle.current().info().totalCpuDuration();
            return new Sample(
                    SystemFiles.text("/proc/stat"),
                    own.map(java.time.Duration::toNanos).orElse(0L),
                    System.nanoTime());
        }
    }

    /** Number of cores that others kept busy between two samples. */
    static OptionalDouble between(Sample first, Sample second) {
        var a = ticks(first.stat());
        var b = ticks(second.stat());
        if (a.length < 5 || b.length < 5 || second.nanos() <= first.nanos()) {
            return OptionalDouble.empty();
        }
        var all = Arrays.stream(b).sum() - Arrays.stream(a).sum();
        var idle = b[3] + b[4] - a[3] - a[4];
        if (all <= 0) {
            return OptionalDouble.empty();
        }
        var cores = second.stat().lines().filter(l -> l.matches("cpu[0-9]+ .*")).count();
        var busy = cores * (all - idle) / (double) all;
        var own = (second.ownNanos() - first.ownNanos()) / (double) (second.nanos() - first.nanos());
        return OptionalDouble.of(Math.max(0, busy - own));
    }

    /** Ticks in user, nice, system, idle, iowait, irq, softirq, steal (proc(5)); guests are part of user. */
    private static long[] ticks(String stat) {
        return stat.lines()
                .filter(line -> line.startsWith("cpu "))
                .findFirst()
                .map(line -> Arrays.stream(line.substring(4).trim().split("\\s+"))
                        .limit(8)
                        .mapToLong(CpuLoad::number)
                        .toArray())
                .orElse(new long[0]);
    }

    private static long number(String digits) {
        return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : 0;
    }

    /** The load average of the last minute. */
    static OptionalDouble loadAverage(String loadavg) {
        return MachineCheck.number(loadavg.trim().split("\\s+")[0]);
    }
}
