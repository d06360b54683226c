package dev.tandem.spark.ship;

import dev.tandem.io.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;

/**
 * The driver's folder of archives. Before its first task every executor, even one that joins later, fetches all files
 * that were ever added to the application, so they stay until the application ends.
 */
final class ArchiveFolder {
    private static final String KEY = "spark.tandem.archives";

    private ArchiveFolder() {}

    /** The folder of the application, created on the first call. */
    static Path of(SparkContext spark) {
        synchronized (spark) {
            if (spark.conf().contains(KEY)) {
                return Path.of(spark.conf().get(KEY));
            }
            var folder = created();
            spark.conf().set(KEY, folder.toString());
            spark.addSparkListener(new SparkListener() {
                @Override
                public void onApplicationEnd(SparkListenerApplicationEnd end) {
                    AtomicFiles.deleteTree(folder);
                }
            });
            return folder;
        }
    }

    private static Path created() {
        try {
            return Files.createTempDirectory("tandem-archives-");
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder", e);
        }
    }
}
