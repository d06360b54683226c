package dev.tandem.spark.rank;

import java.io.IOException;

/** {@code tandem} as the child of a Spark task: it ends immediately when the task's JVM ends for any reason. */
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

    /** The other end of standard input belongs to the parent: the system closes it when that process ends. */
    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // the parent sends nothing
            }
        } catch (IOException e) {
            // the parent is gone, too
        }
        Runtime.getRuntime().halt(KILLED);
    }
}
