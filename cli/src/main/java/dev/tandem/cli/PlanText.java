package dev.tandem.cli;

import dev.tandem.train.plan.Batch;
import dev.tandem.train.plan.Cluster;
import dev.tandem.train.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A plan as text. */
final class PlanText {
    private PlanText() {}

    /** @param said whether the user said how many tokens a step has */
    static List<String> lines(Plan plan, boolean said) {
        var lines = new ArrayList<String>();
        lines.add(model(plan));
        lines.add(step(plan, said));
        lines.add(machines(plan.cluster()));
        lines.add("");
        lines.add("Memory of a rank, GiB");
        lines.addAll(ConsoleTable.lines(memory(plan)));
        lines.add("");
        lines.add("A step");
        lines.addAll(ConsoleTable.lines(time(plan)));
        lines.add("");
        lines.add(PlanAdvice.line(plan));
        return lines;
    }

    private static String model(Plan plan) {
        var run = plan.run();
        return format(
                "Model: %s, %,d parameters, %s, %s%s",
                run.config().family().modelType(),
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
                "Step: %s%,.0f tokens (%s), %d %s",
                said ? "" : "at most ",
                run.tokens(),
                run.step().stream().map(PlanText::batch).collect(Collectors.joining(" and ")),
                run.passes(),
                run.passes() == 1 ? "pass" : "passes");
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
                "Ranks: %d a machine, each %d %s, %s GiB, %s; %s within a machine, %s between machines, %.3g ms a message",
                cluster.ranksPerNode(),
                cluster.lanes(),
                cluster.lanes() == 1 ? "lane" : "lanes",
                Quantity.gibibytes(cluster.memory()),
                Quantity.thousands(cluster.flops(), "FLOP/s"),
                Quantity.thousands(cluster.nodeBandwidth(), "B/s"),
                Quantity.thousands(cluster.bandwidth(), "B/s"),
                1e3 * cluster.latency());
    }

    private static List<List<String>> memory(Plan plan) {
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
                    Quantity.gibibytes(m.frozen()),
                    Quantity.gibibytes(m.parameters()),
                    Quantity.gibibytes(m.gradients()),
                    Quantity.gibibytes(m.moments()),
                    Quantity.gibibytes(m.activations()),
                    Quantity.gibibytes(m.head()),
                    Quantity.gibibytes(m.total()),
                    row.fits() ? "yes" : "no"));
        });
        return rows;
    }

    private static List<List<String>> time(Plan plan) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of(
                "ranks", "stage", "sent", "computing, s", "network, s", "exposed, s", "step, s", "tokens/s", "efficiency"));
        plan.rows()
                .forEach(row -> rows.add(List.of(
                        String.valueOf(row.ranks()),
                        String.valueOf(row.stage().number()),
                        Quantity.thousands(row.bytesSent(), "B"),
                        Quantity.seconds(row.time().computing()),
                        Quantity.seconds(row.time().communicating()),
                        Quantity.seconds(row.time().exposed()),
                        Quantity.seconds(row.time().total()),
                        format("%.0f", row.tokensPerSecond()),
                        format("%.0f%%", 100 * row.efficiency()))));
        return rows;
    }

    private static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }
}
