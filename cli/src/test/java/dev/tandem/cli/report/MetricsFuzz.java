package dev.tandem.cli.report;

import dev.tandem.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Any bytes count as a file of metrics; lines that are not metrics are counted. */
public final class MetricsFuzz {
    private static final Path FILE = file();

    private MetricsFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        try {
            Files.write(FILE, input);
            MetricsReader.read(FILE, List.of("sft", "preference"));
        } catch (UserException e) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path file() {
        try {
            var file = Files.createTempFile("tandem-fuzz", ".jsonl");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
