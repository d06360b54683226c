package dev.tandem.cli.plan;

import dev.tandem.cli.console.ConsoleTable;
import dev.tandem.cli.console.Quantity;
import dev.tandem.plan.Batch;
import dev.tandem.plan.Cluster;
import dev.tandem.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A plan as text. */
final class PlanText {
    private static final double GIB = 1L << 30;
    private static final double MIB = 1L << 20;
    private static final double MILLI = 1e-3;

    private PlanText() {}

    /** @param said whether the user said how many tokens a step has */
    static List<String> lines(Plan plan, boolean said) {
        var lines = new ArrayList<String>();
        lines.add(model(plan));
        lines.add(step(plan, said));
        lines.add(machines(plan.cluster()));
        lines.add("");
        var large = plan.rows().stream().anyMatch(row -> row.memory().total() >= GIB);
        lines.add("Memory of a rank, " + (large ? "GiB" : "MiB"));
        lines.addAll(ConsoleTable.lines(memory(plan, large ? GIB : MIB)));
        lines.add("");
        var slow = plan.rows().stream().anyMatch(row -> row.step().time().total() >= 1);
        lines.add("A step, " + (slow ? "seconds" : "milliseconds"));
        lines.addAll(ConsoleTable.lines(time(plan, slow ? 1 : MILLI)));
        lines.add("");
        lines.add(PlanAdvice.line(plan));
        return lines;
    }

    private static String model(Plan plan) {
        var run = plan.run();
        return format(
                "Model: %s, %,d parameters, %s, %s%s",
                run.spec().modelType(),
                run.lora().isPresent() ? plan.frozen() : plan.trained(),
                run.lora()
                        .map(lora -> format("LoRA of rank %d with %,d", lora.rank(), plan.trained()))
                        .orElse("all trained"),
                run.bf16() ? "bf16" : "fp32",
                run.checkpointActivations() ? ", activations computed again" : "");
    }

    private static String step(Plan plan, boolean said) {
        var run = plan.run();
        return format(
                "Step: %s%,.0f tokens (%s)",
                said ? "" : "at most ",
                run.tokens(),
                run.step().stream().map(PlanText::batch).collect(Collectors.joining(" and ")));
    }

    private static String batch(Batch batch) {
        return format(
                "%s: %d %s of %s%.0f",
                batch.objective(),
                batch.examples(),
                batch.sequences() == 1 ? "sequences" : "pairs",
                batch.sequences() == 1 ? "" : "2 × ",
                batch.length());
    }

    private static String machines(Cluster cluster) {
        return format(
                "Ranks: %d a machine, each %d %s, %s, %s; %s within a machine, %s between machines, %s µs a message",
                cluster.ranksPerNode(),
                cluster.threads(),
                cluster.threads() == 1 ? "thread" : "threads",
                Quantity.memory(cluster.memory()),
                Quantity.thousands(cluster.flops(), "FLOP/s"),
                Quantity.thousands(cluster.nodeBandwidth(), "B/s"),
                Quantity.thousands(cluster.bandwidth(), "B/s"),
                Quantity.digits(1e6 * cluster.latency()));
    }

    private static List<List<String>> memory(Plan plan, double unit) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of(
                "ranks",
                "stage",
                plan.run().lora().isPresent() ? "base" : "cast",
                "parameters",
                "gradients",
                "moments",
                "activations",
                "head",
                "total",
                "fits"));
        plan.rows().forEach(row -> {
            var m = row.memory();
            rows.add(List.of(
                    String.valueOf(row.ranks()),
                    String.valueOf(row.stage().number()),
                    Quantity.digits(m.frozen() / unit),
                    Quantity.digits(m.parameters() / unit),
                    Quantity.digits(m.gradients() / unit),
                    Quantity.digits(m.moments() / unit),
                    Quantity.digits(m.activations() / unit),
                    Quantity.digits(m.head() / unit),
                    Quantity.digits(m.total() / unit),
                    row.fits() ? "yes" : "no"));
        });
        return rows;
    }

    private static List<List<String>> time(Plan plan, double unit) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of(
                "ranks",
                "stage",
                "passes",
                "sent",
                "computing",
                "network",
                "exposed",
                "step",
                "tokens/s",
                "efficiency"));
        plan.rows()
                .forEach(row -> rows.add(List.of(
                        String.valueOf(row.ranks()),
                        String.valueOf(row.stage().number()),
                        String.valueOf(row.passes()),
                        Quantity.thousands(row.step().bytesSent(), "B"),
                        Quantity.digits(row.step().time().computing() / unit),
                        Quantity.digits(row.step().time().communicating() / unit),
                        Quantity.digits(row.step().time().exposed() / unit),
                        Quantity.digits(row.step().time().total() / unit),
                        format("%.0f", row.tokensPerSecond()),
                        format("%.0f%%", 100 * row.efficiency()))));
        return rows;
    }

    private static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }
}
