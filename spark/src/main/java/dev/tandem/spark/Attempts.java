package dev.tandem.spark;

import dev.tandem.UserException;
import dev.tandem.spark.rank.RankOutcome;
import dev.tandem.spark.rank.RankPlan;
import dev.tandem.spark.report.ReportServer;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.spark.SparkContext;

/**
 * Runs the barrier job until it is done, is stopped, or has failed too often. Spark does not rerun a barrier stage that
 * gives results, so restarts are counted only here.
 */
final class Attempts {
    private final SparkContext spark;
    private final int ranks;
    private final int maxRestarts;
    private final ReportServer server;
    private final Consumer<String> lines;

    Attempts(SparkContext spark, int ranks, int maxRestarts, ReportServer server, Consumer<String> lines) {
        this.spark = spark;
        this.ranks = ranks;
        this.maxRestarts = maxRestarts;
        this.server = server;
        this.lines = lines;
    }

    /** How the last attempt ended. */
    record End(boolean stopped, int restarts) {}

    /**
     * Runs the ranks.
     *
     * @throws UserException if a rank ended because of a user's mistake
     * @throws TrainingFailedException if ranks failed more often than allowed
     */
    End run(RankPlan first, BooleanSupplier stopRequested) {
        var plan = first;
        for (var attempt = 0; ; attempt++) {
            var end = BarrierJob.run(spark, ranks, plan, server, stopRequested, lines);
            mistake(end.outcomes());
            if (end.complete(ranks)) {
                return new End(end.outcomes().stream().anyMatch(RankOutcome::stopped), attempt);
            }
            if (stopRequested.getAsBoolean()) {
                throw new TrainingFailedException(
                        why(end) + " It was asked to stop; --resume continues from its last checkpoint.");
            }
            if (end.cancelled()) {
                throw new CancellationException("The job was cancelled in Spark.");
            }
            if (attempt >= maxRestarts) {
                throw new TrainingFailedException(why(end));
            }
            lines.accept(why(end));
            lines.accept(
                    "Restarting from the last checkpoint, " + (maxRestarts - attempt - 1) + " more times at most.");
            plan = plan.next();
        }
    }

    /** Throws the user's mistake of the first rank that has one. */
    private static void mistake(List<RankOutcome> outcomes) {
        outcomes.stream()
                .filter(outcome -> outcome.exitCode() == RankOutcome.MISTAKE)
                .min(Comparator.comparingInt(RankOutcome::rank))
                .ifPresent(outcome -> {
                    throw new UserException(
                            "Rank " + outcome.rank() + " on " + outcome.host() + ": " + errors(outcome.lastLines()));
                });
    }

    /** The error message of a command, without its earlier output. */
    private static String errors(String lastLines) {
        var at = lastLines.indexOf("Error: ");
        return at < 0 ? lastLines : lastLines.substring(at + "Error: ".length());
    }

    private String why(BarrierJob.End end) {
        var text = new StringBuilder();
        end.lost()
                .forEach(lost -> text.append("Of ")
                        .append(ranks)
                        .append(" ranks, ")
                        .append(lost)
                        .append(". "));
        end.outcomes().stream()
                .filter(RankOutcome::failed)
                .filter(outcome -> outcome.exitCode() != RankOutcome.NOT_STARTED)
                .sorted(Comparator.comparingInt(BarrierJob.End::order))
                .forEach(outcome -> text.append("Of ")
                        .append(ranks)
                        .append(" ranks, ")
                        .append(outcome.words())
                        .append(".")
                        .append(lastLine(outcome))
                        .append("\n"));
        return text.isEmpty() ? end.problem() : text.toString().strip();
    }

    private static String lastLine(RankOutcome outcome) {
        return outcome.lastLines()
                .lines()
                .filter(line -> line.startsWith("Error: ") || line.startsWith("Internal error: "))
                .findFirst()
                .or(() -> outcome.lastLines().lines().reduce((before, last) -> last))
                .map(line -> " " + line)
                .orElse("");
    }
}
