package dev.tandem.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metrics that no run wrote. */
class MetricsReaderTest {
    private static final List<String> OBJECTIVES = List.of("sft", "preference");
    private static final String EVALUATION =
            "{\"type\":\"evaluation\",\"step\":1,\"losses\":{\"sft\":2.0,\"preference\":0.5}}";

    @TempDir
    Path temporary;

    @Test
    void aLineWithoutEndIsPassedOver() throws Exception {
        var file = temporary.resolve("metrics.jsonl");
        Files.writeString(file, EVALUATION + "\n" + "x".repeat(3 << 20) + "\r\n\n" + EVALUATION);
        var curves = MetricsReader.read(file, OBJECTIVES);
        assertThat(curves.evaluations()).hasSize(2);
        assertThat(curves.skipped()).isEqualTo(1);
    }

    @Test
    void bytesThatAreNoTextCostTheirLineOnly() throws Exception {
        var file = temporary.resolve("metrics.jsonl");
        Files.write(file, new byte[] {(byte) 0xff, '\n', '{', '}', '\n', 0, '\n', '['});
        assertThat(MetricsReader.read(file, OBJECTIVES).skipped()).isEqualTo(4);
    }

    @Test
    void aFileOfReportsThatNeverEndsIsRefused() throws Exception {
        var file = Files.createSymbolicLink(temporary.resolve("results.json"), Path.of("/dev/zero"));
        assertThatThrownBy(() -> Json.readOptional(file))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("a pipe or a device");
    }
}
