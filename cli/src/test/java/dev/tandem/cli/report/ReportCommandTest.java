package dev.tandem.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @Test
    void saysWhereThePageIs() throws IOException {
        Files.writeString(folder.resolve("results.json"), """
                {"version": 1, "objectives": ["sft", "b"], "runs": [{"name": "a", "method": "mix", "lambda": 0.5}]}""");
        assertThat(report()).isZero();
        assertThat(out.toString()).contains(folder.resolve("report.html").toString());
        assertThat(folder.resolve("report.html")).isNotEmptyFile();
    }

    @Test
    void refusesAFolderWithoutResults() {
        assertThat(report()).isEqualTo(2);
        assertThat(errors.toString()).contains("results.json is missing", "tandem compare");
    }

    private int report() {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(errors, true))
                .execute("report", folder.toString());
    }
}
