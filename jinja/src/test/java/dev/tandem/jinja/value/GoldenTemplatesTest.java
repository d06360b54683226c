package dev.tandem.jinja.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tandem.UserException;
import dev.tandem.jinja.ChatTemplate;
import dev.tandem.jinja.runtime.Rendered;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Small templates and the results of Jinja 3.1, configured as for chat templates. */
class GoldenTemplatesTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2024-07-06T09:05:03Z"), ZoneOffset.UTC);

    @TestFactory
    Stream<DynamicTest> rendersWhatJinjaRenders() throws IOException {
        JsonNode golden;
        try (InputStream file = Files.newInputStream(Path.of("../testdata/golden/chat_templates.json"))) {
            golden = JsonMapper.builder().build().readTree(file);
        }
        Map<String, Object> variables = Variables.map(golden.get("variables"));
        var tests = new ArrayList<DynamicTest>();
        for (JsonNode example : golden.get("cases")) {
            String template = example.get("template").stringValue();
            tests.add(DynamicTest.dynamicTest(Repr.of(template), () -> check(example, template, variables)));
        }
        assertThat(tests).hasSizeGreaterThan(800);
        return tests.stream();
    }

    private static void check(JsonNode example, String template, Map<String, Object> variables) {
        if (example.has("error")) {
            assertThatExceptionOfType(UserException.class)
                    .isThrownBy(() -> ChatTemplate.compile(template, "t").render(variables, CLOCK))
                    .withMessageMatching("(?s)chat template t(:[0-9]+)?: .+")
                    .satisfies(e -> assertThat(e.getMessage().chars()).noneMatch(Character::isISOControl));
            return;
        }
        Rendered rendered = ChatTemplate.compile(template, "t").render(variables, CLOCK);
        assertThat(rendered.text()).isEqualTo(example.get("text").stringValue());
        assertThat(rendered.generationSpans()).isEqualTo(spans(example));
    }

    private static List<Rendered.Span> spans(JsonNode example) {
        var spans = new ArrayList<Rendered.Span>();
        if (example.has("spans")) {
            example.get("spans")
                    .forEach(span -> spans.add(new Rendered.Span(
                            span.get(0).intValue(), span.get(1).intValue())));
        }
        return spans;
    }
}
