package dev.tandem.spark.rank;

import java.io.IOException;

/** {@code tandem} as the child of a Spark task: ends at once when the task's JVM does, however that ended. */
public final class RankMain {
    private static final int KILLED = 137;

    private RankMain() {}

    /** Runs a command of {@code tandem}. */
    public static void main(String[] args) {
        var watch = new Thread(RankMain::endWithParent, "parent watch");
        watch.setDaemon(true);
        watch.start();
        dev.tandem.cli.Main.main(args);
    }

    /** The other end of standard input is the parent's: the system closes it with its process. */
    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // the parent says nothing
            }
        } catch (IOException e) {
            // it is gone, too
        }
        Runtime.getRuntime().halt(KILLED);
    }
}
