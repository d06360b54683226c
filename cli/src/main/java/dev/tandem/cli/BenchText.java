package dev.tandem.cli;

import dev.tandem.train.bench.BenchResult;
import dev.tandem.train.bench.MethodResult;
import dev.tandem.train.bench.WorkloadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** A benchmark's result as text. */
final class BenchText {
    private BenchText() {}

    static List<String> lines(BenchResult result) {
        var lines = new ArrayList<String>();
        lines.add(head(result));
        if (!result.workloads().isEmpty()) {
            lines.add("");
            lines.addAll(ConsoleTable.lines(workloads(result.workloads())));
        }
        if (!result.methods().isEmpty()) {
            lines.add("");
            lines.addAll(ConsoleTable.lines(methods(result.methods())));
        }
        lines.add("");
        lines.addAll(totals(result));
        return lines;
    }

    private static List<String> totals(BenchResult result) {
        var lines = new ArrayList<String>();
        result.mixTokensPerSecond()
                .ifPresent(mix -> lines.add(format("50/50 mix of SFT and preference steps: %.0f tokens/s", mix)));
        result.naiveMixTokensPerSecond()
                .ifPresent(naive -> lines.add(format(
                        "the naive way: %.0f tokens/s; Tandem is %.2f times as fast",
                        naive, result.mixTokensPerSecond().orElseThrow() / naive)));
        lines.add(format(
                "log-probs of the reference, once before training: %.0f tokens/s", result.referenceTokensPerSecond()));
        result.generationTokensPerSecond().ifPresent(g -> lines.add(format("generation: %.1f tokens/s", g)));
        result.ceilingGflops()
                .ifPresent(ceiling -> lines.add(format(
                        "ceiling: %.1f GFLOP/s, the matrix products of these steps by themselves in %s",
                        ceiling, result.model().precision())));
        return lines;
    }

    private static String head(BenchResult result) {
        var model = result.model();
        return format(
                "%s (%.1f M parameters), %s, %s, %d instructions or %d pairs a step, %d threads on %s",
                model.shape(),
                model.parameters() * 1e-6,
                model.precision(),
                model.loraRank() == 0 ? "all parameters" : "LoRA rank " + model.loraRank(),
                model.sftBatch(),
                model.pairBatch(),
                result.machine().threads(),
                result.machine().cpu());
    }

    private static List<List<String>> workloads(List<WorkloadResult> workloads) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("steps", "tokens/s", "s/step", "tokens/step", "peak memory", "GFLOP/s", "of ceiling"));
        workloads.forEach(w -> rows.add(List.of(
                w.name(),
                format("%.0f", w.tokensPerSecond()),
                format("%.3f", w.medianStepSeconds()),
                format("%.0f", w.tokensPerStep()),
                mebibytes(w.peakBytes()),
                format("%.0f", w.gflops()),
                format("%.0f%%", 100 * w.utilisation()))));
        return rows;
    }

    private static List<List<String>> methods(List<MethodResult> methods) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("method", "tokens/s", "ms/token", "time, Sequential = 1", "peak memory"));
        methods.forEach(m -> rows.add(List.of(
                m.name(),
                format("%.0f", m.tokensPerSecond()),
                format("%.4f", 1e3 * m.secondsPerToken()),
                format("%.3f", m.relative()),
                mebibytes(m.peakBytes()))));
        return rows;
    }

    private static String mebibytes(OptionalLong bytes) {
        return bytes.isPresent() ? format("%d MiB", bytes.getAsLong() >> 20) : "-";
    }

    private static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }
}
