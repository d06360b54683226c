package dev.tandem.cli.bench;

import dev.tandem.bench.BenchResult;
import dev.tandem.bench.GenerationResult;
import dev.tandem.bench.MethodResult;
import dev.tandem.bench.WorkloadResult;
import dev.tandem.cli.console.ConsoleTable;
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
        result.generation().ifPresent(generation -> {
            lines.add("");
            lines.addAll(ConsoleTable.lines(generation(generation)));
            lines.add(format("bandwidth: %.1f GB/s read and written by a copy", generation.copyGigabytesPerSecond()));
        });
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
                        "the naive implementation: %.0f tokens/s; Tandem is %.2f times as fast",
                        naive, result.mixTokensPerSecond().orElseThrow() / naive)));
        result.referenceTokensPerSecond()
                .ifPresent(speed ->
                        lines.add(format("log-probs of the reference, once before training: %.0f tokens/s", speed)));
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

    private static List<List<String>> generation(GenerationResult result) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of(
                "generation", "tokens/s", "ms", "memory alone, ms", "products alone, ms", "of memory", "of products"));
        result.decoding()
                .forEach(d -> rows.add(List.of(
                        d.texts() == 1 ? "1 text" : d.texts() + " texts",
                        format("%.1f", d.tokensPerSecond()),
                        format("%.2f", 1e3 * d.stepSeconds()),
                        format("%.2f", 1e3 * d.memorySeconds()),
                        format("%.2f", 1e3 * d.productSeconds()),
                        format("%.0f%%", 100 * d.ofMemory()),
                        format("%.0f%%", 100 * d.ofProducts()))));
        var prefill = result.prefill();
        rows.add(List.of(
                "prompt of " + prefill.tokens(),
                format("%.1f", prefill.tokensPerSecond()),
                format("%.2f", 1e3 * prefill.seconds()),
                "-",
                format("%.2f", 1e3 * prefill.productSeconds()),
                "-",
                format("%.0f%%", 100 * prefill.ofProducts())));
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
