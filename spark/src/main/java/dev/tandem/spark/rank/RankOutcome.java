package dev.tandem.spark.rank;

import dev.tandem.cli.launch.RankProcesses;
import java.io.Serializable;

/**
 * How a rank ended.
 *
 * @param rank its number
 * @param host where it ran
 * @param exitCode as of {@code tandem train}: 0 done, 2 a mistake of the user's, 128 and more stopped by a signal
 * @param lastLines what it printed last, or why it was not started
 */
public record RankOutcome(int rank, String host, int exitCode, String lastLines) implements Serializable {
    /** Of a mistake of the user's. */
    public static final int MISTAKE = 2;

    /** Of a rank that lost another. */
    public static final int LOST_ANOTHER = RankProcesses.RANK_LOST;

    /** Of a rank that was not started because of another's mistake. */
    public static final int NOT_STARTED = 64;

    private static final int SIGNALLED = 128;
    private static final int TERMINATED = 15;

    /** Whether it stopped with a checkpoint because it, or another rank, was asked to. */
    public boolean stopped() {
        return exitCode == SIGNALLED || exitCode == SIGNALLED + TERMINATED;
    }

    /** Whether something went wrong. */
    public boolean failed() {
        return exitCode != 0 && !stopped();
    }

    /** In words, as in {@code rank 1 on node3 ended with exit code 137 (signal 9)}. */
    public String words() {
        return "rank " + rank + " on " + host + " ended with exit code " + exitCode
                + (exitCode > SIGNALLED ? " (signal " + (exitCode - SIGNALLED) + ")" : "");
    }
}
