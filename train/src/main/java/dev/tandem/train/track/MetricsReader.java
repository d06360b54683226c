package dev.tandem.train.track;

import dev.tandem.io.InputFiles;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads a whole {@code metrics.jsonl}. */
public final class MetricsReader {
    /** The longest line that is read, bytes; a run of dozens of objectives writes a few thousand. */
    public static final int LONGEST_LINE = 1 << 20;

    private MetricsReader() {}

    /**
     * Reads a file line by line; empty lines are skipped.
     *
     * @param sink receives every line that a run may have written
     * @return the number of other lines: too long, cut off when a run was killed, or written by something else
     * @throws dev.tandem.UserException if the file is absent or cannot be read
     */
    public static int read(Path file, Consumer<MetricsLine> sink) {
        var unreadable = new int[1];
        var tooLong = InputFiles.lines(file, LONGEST_LINE, text -> {
            if (!text.isBlank()) {
                MetricsLine.parse(text).ifPresentOrElse(sink, () -> unreadable[0]++);
            }
        });
        return unreadable[0] + tooLong;
    }
}
