package dev.tandem.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.jinja.runtime.Rendered;
import dev.tandem.jinja.value.Variables;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {
    private static final String CHAT = """
            {%- for message in messages %}
                {{- '<|' + message.role + '|>\\n' }}
                {%- if message.role == 'assistant' %}
                    {%- generation %}{{ message.content + '<|end|>' }}{% endgeneration %}
                {%- else %}
                    {{- message.content + '<|end|>' }}
                {%- endif %}
                {{- '\\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}
            """;

    @Test
    void rendersAConversationAndMarksWhatTheModelIsToGenerate() {
        var variables = Variables.of("""
                {`messages`: [{`role`: `user`, `content`: `Hi 😀`}, {`role`: `assistant`, `content`: `Hello`}],
                 `add_generation_prompt`: false}""");

        Rendered rendered = ChatTemplate.compile(CHAT, "chat").render(variables);

        assertThat(rendered.text()).isEqualTo("<|user|>\nHi 😀<|end|>\n<|assistant|>\nHello<|end|>\n");
        assertThat(rendered.generationSpans())
                .singleElement()
                .satisfies(span -> assertThat(rendered.text().substring(span.start(), span.end()))
                        .isEqualTo("Hello<|end|>"));
    }

    @Test
    void canBeRenderedAgainAndLeavesItsVariablesAlone() {
        var template = ChatTemplate.compile("{% set items = items + [9] %}{{ items }}{{ d.copy() }}", "t");
        var variables = Variables.of("{`items`: [1, 2], `d`: {`a`: null}}");

        assertThat(template.render(variables).text()).isEqualTo("[1, 2, 9]{'a': None}");
        assertThat(template.render(variables).text()).isEqualTo("[1, 2, 9]{'a': None}");
        assertThat(variables.get("items")).isEqualTo(List.of(1L, 2L));
    }

    @Test
    void sayWhichTemplateAndLineIsWrong() {
        assertThatThrownBy(() -> ChatTemplate.compile("a\n{% if x %}\nb {{ 1 + }}\n{% endif %}", "chat.jinja"))
                .isInstanceOf(UserException.class)
                .hasMessage("chat template chat.jinja:3: expected an expression, got end of print statement");
        assertThatThrownBy(() -> ChatTemplate.compile("{% for i in x %}\n\n{{ i }}", "chat.jinja"))
                .hasMessageContaining("chat.jinja:3")
                .hasMessageContaining("{% endfor %}")
                .hasMessageContaining("line 1");
        assertThatThrownBy(() -> ChatTemplate.compile("\n{{ x|shout }}", "chat.jinja"))
                .hasMessage("chat template chat.jinja:2: no filter named 'shout'");
    }

    @Test
    void sayWhatIsUndefinedAndWhere() {
        var template = ChatTemplate.compile("{{ x }}{{ d.y }}\n{{ d.y.z }}", "t");

        assertThatThrownBy(() -> template.render(Map.of("d", Map.of("a", "b"))))
                .isInstanceOf(UserException.class)
                .hasMessage("chat template t:2: 'dict object' has no attribute 'y'");
        assertThatThrownBy(() -> ChatTemplate.compile("{{ x.y }}", "t").render(Map.of()))
                .hasMessage("chat template t:1: 'x' is undefined");
    }

    @Test
    void passOnTheTemplatesOwnRefusalWithoutControlCharacters() {
        var template = ChatTemplate.compile("{{ raise_exception('Roles must alternate: ' ~ role) }}", "t");

        assertThatThrownBy(() -> template.render(Map.of("role", "us\u001b[31mer\n")))
                .isInstanceOf(UserException.class)
                .hasMessage("chat template t:1: the template refuses the conversation: "
                        + "Roles must alternate: us\\u001b[31mer\\u000a");
    }

    @Test
    void refusesToChangeVariables() {
        assertThatThrownBy(() -> ChatTemplate.compile("{{ items.append(3) }}", "t")
                        .render(Map.of("items", new ArrayList<>(List.of(1L)))))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("append")
                .hasMessageContaining("unsafe");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
                "{% set n = namespace(s='ab') %}{% for i in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
                "{% set n = namespace(s='ab') %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}",
                "{% set n = namespace(s=[1]) %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}",
                "{% set n = namespace(s=[1]) %}{% for i in range(9999) %}{% set n.s = [n.s] %}{% endfor %}{{ n.s }}",
                "{% set n = namespace(s=[1]) %}{% for i in range(9999) %}{% set n.s = [n.s] %}{% endfor %}{{ n.s|tojson }}",
                "{% set n = namespace(s=['a']) %}{% for i in range(9999) %}{% set n.s = n.s|map('upper') %}{% endfor %}{{ n.s|list }}",
                "{% set n = namespace(s=['a']) %}{% for i in range(9999) %}{% set n.s = n.s|reverse|list|batch(2) %}{% endfor %}{{ n.s|list }}",
                "{{ 'a' * 10 ** 12 }}",
                "{{ [1] * 10 ** 12 }}",
                "{{ 'a'.center(10 ** 12) }}",
                "{{ '%999999999s' % 'a' }}",
                "{{ '{:999999999}'.format('a') }}",
                "{{ ('a' * 30000)|replace('', 'b' * 30000) }}",
                "{{ [[1]]|tojson(indent=10 ** 12) }}",
                "{{ 10 ** 30 }}",
                "{{ range(10 ** 9) }}"
            })
    void stopsTemplatesThatRunOrGrowWithoutEnd(String source) {
        assertThatThrownBy(() -> ChatTemplate.compile(source, "t").render(Map.of()))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("chat template t:1: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "not ", "-", "{1:", "a[", "a(", "1 if 0 else "})
    void stopsExpressionsThatNestWithoutEnd(String opening) {
        assertThatThrownBy(() -> ChatTemplate.compile("{{ " + opening.repeat(100_000), "t"))
                .isInstanceOf(UserException.class);
    }

    @Test
    void stopsLongChainsOfOperators() {
        assertThat(ChatTemplate.compile("{{ 1" + " + 1".repeat(200) + " }}", "t")
                        .render(Map.of())
                        .text())
                .isEqualTo("201");
        assertThatThrownBy(() -> ChatTemplate.compile("{{ 1" + " + 1".repeat(100_000) + " }}", "t")
                        .render(Map.of()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("nests");
    }
}
