package dev.tandem.cli;

import dev.tandem.train.bench.BenchResult;
import dev.tandem.train.bench.WorkloadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** A benchmark's result as text. */
final class BenchText {
    private BenchText() {}

    static List<String> lines(BenchResult result) {
        var lines = new ArrayList<String>();
        lines.add(head(result));
        lines.add("");
        var rows = new ArrayList<List<String>>();
        rows.add(
                List.of("steps", "tokens/s", "s/step", "tokens/step", "peak RSS", "GFLOP/s", "of ceiling", "vs steps"));
        result.workloads().forEach(w -> rows.add(row(w, result)));
        lines.addAll(ConsoleTable.lines(rows));
        lines.add("");
        lines.add(format("50/50 mix of SFT and preference steps: %.0f tokens/s", result.mixTokensPerSecond()));
        result.naiveMixTokensPerSecond()
                .ifPresent(naive -> lines.add(format(
                        "the naive way: %.0f tokens/s; Tandem is %.2f times as fast",
                        naive, result.mixTokensPerSecond() / naive)));
        lines.add(format("generation: %.1f tokens/s", result.generationTokensPerSecond()));
        lines.add(format(
                "ceiling: %.1f GFLOP/s, the matrix products of these steps by themselves in %s",
                result.ceilingGflops(), result.precision()));
        return lines;
    }

    private static String head(BenchResult result) {
        return format(
                "%s (%.1f M parameters), %s, %s, %d instructions or %d pairs a step, %d threads on %s",
                result.shape(),
                result.parameters() * 1e-6,
                result.precision(),
                result.loraRank() == 0 ? "all parameters" : "LoRA rank " + result.loraRank(),
                result.sftBatch(),
                result.preferenceBatch(),
                result.machine().threads(),
                result.machine().cpu());
    }

    private static List<String> row(WorkloadResult w, BenchResult result) {
        var overhead = result.methodOverheads().get(w.name());
        return List.of(
                w.name(),
                format("%.0f", w.tokensPerSecond()),
                format("%.3f", w.medianStepSeconds()),
                format("%.0f", w.tokensPerStep()),
                mebibytes(w.peakBytes()),
                optional("%.0f", w.gflops(), 1),
                optional("%.0f%%", w.utilisation(), 100),
                overhead == null ? "" : format("%+.1f%%", 100 * overhead));
    }

    private static String mebibytes(OptionalLong bytes) {
        return bytes.isPresent() ? format("%d MiB", bytes.getAsLong() >> 20) : "";
    }

    private static String optional(String pattern, OptionalDouble value, double factor) {
        return value.isPresent() ? format(pattern, factor * value.getAsDouble()) : "";
    }

    private static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }
}
