package dev.tandem.spark.rank;

import dev.tandem.cli.process.RankProcesses;
import java.io.Serializable;

/**
 * How a rank ended.
 *
 * @param rank its number
 * @param host where it ran
 * @param exitCode that of {@code tandem train}: 0 done, 2 a user's mistake, 128 and more stopped by a signal
 * @param lastLines the end of its output, or the reason why it was not started
 */
public record RankOutcome(int rank, String host, int exitCode, String lastLines) implements Serializable {
    /** Exit code after a user's mistake. */
    public static final int MISTAKE = 2;

    /** Exit code of a rank that lost another. */
    public static final int LOST_ANOTHER = RankProcesses.RANK_LOST;

    /** Exit code of a rank that was not started because of a mistake on another. */
    public static final int NOT_STARTED = 64;

    private static final int SIGNALLED = 128;
    private static final int TERMINATED = 15;

    /** Whether it stopped with a checkpoint because it, or another rank, was asked to. */
    public boolean stopped() {
        return exitCode == SIGNALLED || exitCode == SIGNALLED + TERMINATED;
    }

    /** Whether the rank failed. */
    public boolean failed() {
        return exitCode != 0 && !stopped();
    }

    /** A description, as in {@code rank 1 on node3 ended with exit code 137 (signal 9)}. */
    public String words() {
        return "rank " + rank + " on " + host + " ended with exit code " + exitCode
                + (exitCode > SIGNALLED ? " (signal " + (exitCode - SIGNALLED) + ")" : "");
    }
}
