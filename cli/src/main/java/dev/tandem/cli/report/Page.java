package dev.tandem.cli.report;

import dev.tandem.io.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Assembles the page: one file with its style, its scripts and its data inside. The content-security policy lets the
 * browser run those scripts by their hashes and load nothing at all, so that a malicious text in a data set can neither
 * run nor call home, even if a fault let it past {@code textContent}.
 */
final class Page {
    private static final String CHARTS = "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

    private Page() {}

    static String html(Map<String, Object> data) {
        var style = resource("report.css");
        var charts = resource(CHARTS).replaceAll("(?m)^//# sourceMappingURL=.*$", "");
        var script = Stream.of("report-parts.js", "report-charts.js", "report-curves.js", "report.js")
                .map(Page::resource)
                .collect(Collectors.joining());
        var policy = "default-src 'none'; style-src " + hash(style) + "; script-src " + hash(charts) + " "
                + hash(script) + "; base-uri 'none'; form-action 'none'";
        return resource("report.html")
                .replace("{{policy}}", policy)
                .replace("{{style}}", style)
                .replace("{{charts}}", charts)
                .replace("{{script}}", script)
                // last, because the data may contain anything, even the names of the other placeholders
                .replace("{{data}}", json(data));
    }

    /** JSON that cannot end its HTML element: it contains no {@code <}, which an HTML parser searches for. */
    private static String json(Map<String, Object> data) {
        return JsonMapper.shared().writeValueAsString(data).replace("<", "\\u003c");
    }

    private static String hash(String content) {
        return "'sha256-" + Base64.getEncoder().encodeToString(Sha256.of(content)) + "'";
    }

    private static String resource(String name) {
        try (var stream = Page.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("the build lacks " + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
