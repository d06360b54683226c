package dev.tandem.cli.theory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.cli.Outcome;
import dev.tandem.cli.chart.LossSpaceChart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class TheoryCommandTest {
    @TempDir
    Path folder;

    @Test
    void printsTablesAndVerdictsAndWritesBothFiles() throws IOException {
        var outcome = run("--seeds", "2", "--lambda", "0.4", "--output", folder.toString());

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .contains("lambda 0.4, 2 seeds", "min F_max", "T = 64", "T = 32768")
                .containsPattern("sequential-sft-first +f_Mix +does not shrink: stays above 0\\.\\d+")
                .containsPattern("maxright +F_max +shrinks like T\\^-0\\.\\d+ ± ")
                .contains("Numbers: " + folder.resolve("theory.json"));

        var json = JsonMapper.shared().readTree(Files.readString(folder.resolve("theory.json")));
        assertThat(json.get("lambda").asDouble()).isEqualTo(0.4);
        assertThat(json.get("evaluate_every").asInt()).isEqualTo(10);
        assertThat(json.get("grid")).hasSize(10);
        var method = json.get("methods").get(0);
        assertThat(method.get("method").asString()).isEqualTo("sequential-sft-first");
        assertThat(method.get("mix_gap").get("mean")).hasSize(10);
        assertThat(method.get("max_gap").get("deviation")).hasSize(10);
        assertThat(method.propertyNames()).contains("slope", "slope_low", "slope_high", "floor", "verdict");

        var picture = ImageIO.read(folder.resolve("theory.png").toFile());
        assertThat(picture.getWidth()).isEqualTo(LossSpaceChart.WIDTH);
        assertThat(picture.getHeight()).isEqualTo(LossSpaceChart.HEIGHT);
    }

    @Test
    void refusesWhatIsNoTradeOff() {
        assertMistake(run("--lambda", "1"), "lambda is 1.0");
        assertMistake(run("--seeds", "1"), "seeds is 1");
        assertMistake(run("--evaluate-every", "0"), "probe-every is 0");
    }

    private static void assertMistake(Outcome outcome, String message) {
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("Error: " + message);
        assertThat(outcome.err().strip().lines()).hasSize(1);
    }

    private static Outcome run(String... options) {
        var arguments = new String[options.length + 2];
        arguments[0] = "theory";
        arguments[1] = "--quiet";
        System.arraycopy(options, 0, arguments, 2, options.length);
        return Outcome.of(arguments);
    }
}
