package dev.tandem.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportWriterTest {
    private static final String HOSTILE = "</script><img src=x onerror=alert(1)> {{policy}} $1";

    @TempDir
    Path folder;

    @Test
    void writesOnePageAndTheFigures() throws IOException {
        SyntheticComparison.write(folder);

        var page = ReportWriter.write(folder);

        assertThat(page).isEqualTo(folder.resolve("report.html"));
        assertThat(Files.size(page)).isLessThan(2_000_000);
        assertThat(Files.readString(page))
                .contains("Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-")
                .doesNotContain("{{", "src=\"", "sourceMappingURL");
        for (var name : new String[] {"loss-space", "gaps", "losses", "choices", "theory"}) {
            assertThat(folder.resolve("figures/" + name + ".png")).isNotEmptyFile();
            assertThat(folder.resolve("figures/" + name + ".svg")).content().contains("<svg");
        }
    }

    @Test
    void keepsHostileTextsInTheirPlace() throws IOException {
        SyntheticComparison.write(folder);
        var results = folder.resolve("results.json");
        var json = Files.readString(results).replace("A small model on instructions and preferences", HOSTILE);
        Files.writeString(results, json);
        Files.writeString(
                folder.resolve("runs/mix-0.5-seed42/samples.json"),
                JsonMapper.shared()
                        .writeValueAsString(
                                java.util.List.of(java.util.Map.of("prompt", HOSTILE, "answer", "<!--<script>"))));

        var html = Files.readString(ReportWriter.write(folder));

        assertThat(html).doesNotContain("<img", "<!--<script>");
        assertThat(html.split("</script>", -1)).hasSize(4);
        assertThat(data(html).path("title").asString()).isEqualTo(HOSTILE);
    }

    @Test
    void countsLinesItCannotRead() throws IOException {
        SyntheticComparison.write(folder);
        Files.writeString(
                folder.resolve("runs/mix-0.5-seed42/metrics.jsonl"),
                "not json\n[1]\n{\"type\":\"step\"}\n\n{\"type\":\"evaluation\",\"step\":600,\"losses\":{\"sft\":null}}\n{\"typ",
                StandardOpenOption.APPEND);

        var page = data(Files.readString(ReportWriter.write(folder)));

        assertThat(page.path("skipped").asInt()).isEqualTo(4);
        var evaluations = page.path("runs").path("mix-0.5-seed42").path("evaluations");
        assertThat(evaluations.get(evaluations.size() - 1).toString())
                .startsWith("[600.0,")
                .endsWith(",null,null]");
    }

    @Test
    void thinsLongCurvesAndKeepsTheirEnds() throws IOException {
        SyntheticComparison.write(folder);

        var run =
                data(Files.readString(ReportWriter.write(folder))).path("runs").path("maxright-0.5-seed42");

        assertThat(run.path("choices").size()).isEqualTo(Downsampling.MAX_POINTS);
        assertThat(run.path("choices").get(0).get(0).asInt()).isEqualTo(1);
        assertThat(run.path("choices").get(Downsampling.MAX_POINTS - 1).get(0).asInt())
                .isEqualTo(600);
        assertThat(run.path("evaluations").size()).isEqualTo(21);
    }

    @Test
    void leavesOutWhatIsMissing() throws IOException {
        Files.writeString(folder.resolve("results.json"), """
                {"version": 1, "objectives": ["sft", "b"], "runs": [{"name": "a", "method": "mix", "lambda": 0.5}]}""");

        var page = data(Files.readString(ReportWriter.write(folder)));

        assertThat(page.has("theory")).isFalse();
        assertThat(page.has("finding")).isFalse();
        assertThat(folder.resolve("figures")).doesNotExist();
    }

    @Test
    void saysWhichMethodIsNearestAndWhatItCosts() throws IOException {
        SyntheticComparison.write(folder);

        assertThat(Headline.of(ResultsReader.read(folder)))
                .hasValueSatisfying(text -> assertThat(text)
                        .isEqualTo(
                                "MAXRIGHT at λ = 0.75 ends nearest to the ideal point, 0.158 away, in 2\u00a0% more time than"
                                        + " Sequential; the best of Sequential ends 0.417 away."));
    }

    @Test
    void explainsAFolderThatIsNoComparison() {
        assertThatThrownBy(() -> ReportWriter.write(folder))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("results.json is missing")
                .hasMessageContaining("tandem compare");
    }

    @Test
    void explainsBadResults() throws IOException {
        var cases = java.util.Map.of(
                "{\"version\": 1,",
                "is not valid JSON",
                "{\"version\": 2}",
                "version is 2, expected 1",
                "{\"version\": 1, \"objectives\": [\"sft\"]}",
                "two objectives",
                "{\"version\": 1, \"objectives\": [\"a\", \"b\"], \"runs\": []}",
                "no run",
                "{\"version\": 1, \"objectives\": [\"a\", \"b\"], \"runs\": [{\"name\": \"x\"}]}",
                "runs[0].method",
                "{\"version\": 1, \"objectives\": [\"a\", \"b\"], \"runs\": [{\"name\": \"x\", \"method\": \"mix\","
                        + " \"folder\": \"../secret\"}]}",
                "outside of");
        for (var entry : cases.entrySet()) {
            Files.writeString(folder.resolve("results.json"), entry.getKey());
            assertThatThrownBy(() -> ReportWriter.write(folder))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("results.json")
                    .hasMessageContaining(entry.getValue())
                    .hasMessageContaining("tandem compare");
        }
    }

    private static JsonNode data(String html) {
        var start = html.indexOf('>', html.indexOf("id=\"data\"")) + 1;
        return JsonMapper.shared().readTree(html.substring(start, html.indexOf("</script>", start)));
    }
}
