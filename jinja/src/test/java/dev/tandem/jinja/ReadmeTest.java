package dev.tandem.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Checks the examples and claims of the module's README. */
class ReadmeTest {
    private static String example() {
        // begin of the example
        var template = ChatTemplate.compile("""
                {%- for message in messages %}
                {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
                {%- endfor %}
                {%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}""", "chat_template.jinja");
        var text = template.render(Map.of(
                        "messages",
                        List.of(Map.of("role", "user", "content", "How tall is K2?")),
                        "add_generation_prompt",
                        true))
                .text();
        // end of the example
        return text;
    }

    @Test
    void theExampleRendersWhatItSays() throws IOException {
        var readme = Files.readString(Path.of("README.md"));
        assertThat(readme).contains("```\n" + example() + "```");
        var source = Files.readString(Path.of("src/test/java/dev/tandem/jinja/ReadmeTest.java"));
        var shown = source.substring(source.indexOf("// begin of"), source.indexOf("// end of"))
                .lines()
                .skip(1)
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        assertThat(readme.lines().map(String::strip)).containsSubsequence(shown);
    }

    @Test
    void variablesAreOrdinaryJavaValues() {
        var variables = new HashMap<String, Object>();
        variables.put("whole", Arrays.asList(1, (short) 2, (byte) 3, 4L));
        variables.put("half", 0.5f);
        variables.put("nothing", null);
        variables.put("map", Map.of("key", Arrays.asList(true, null)));
        var text = ChatTemplate.compile("{{ whole }} {{ half }} {{ nothing is none }} {{ map }}", "t")
                .render(variables)
                .text();
        assertThat(text).isEqualTo("[1, 2, 3, 4] 0.5 True {'key': [True, None]}");
    }

    @Test
    void refusesOtherValuesByTheirPlace() {
        var template = ChatTemplate.compile("{{ a }}", "t");
        assertThatThrownBy(() -> template.render(Map.of("a", List.of(Map.of("b", new StringBuilder())))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a[0].b is a java.lang.StringBuilder, but a template's variable is a text");
    }
}
