package dev.tandem.train.bench;

import dev.tandem.train.PeakMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/** Timed steps of one workload, and the largest resident memory during them. */
final class Samples {
    private final List<Workload.Step> steps = new ArrayList<>();
    private OptionalLong peak = OptionalLong.empty();

    /** Runs and measures one step. */
    void take(Workload workload) {
        try (var memory = new PeakMemory()) {
            steps.add(workload.step());
            peak = larger(peak, memory.bytes());
        }
    }

    List<Workload.Step> steps() {
        return List.copyOf(steps);
    }

    /** Largest resident memory during any step; absent if the system does not report it. */
    OptionalLong peak() {
        return peak;
    }

    double seconds() {
        return seconds(steps);
    }

    double tokens() {
        return tokens(steps);
    }

    static double seconds(List<Workload.Step> steps) {
        return steps.stream().mapToDouble(Workload.Step::seconds).sum();
    }

    static double tokens(List<Workload.Step> steps) {
        return steps.stream().mapToDouble(Workload.Step::allTokens).sum();
    }

    static OptionalLong peakOf(List<Samples> samples) {
        return samples.stream().map(Samples::peak).reduce(OptionalLong.empty(), Samples::larger);
    }

    /** The median: the middle value, or the mean of the two in the middle. */
    static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        var middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static OptionalLong larger(OptionalLong a, OptionalLong b) {
        return a.isPresent() && (b.isEmpty() || a.getAsLong() > b.getAsLong()) ? a : b;
    }
}
