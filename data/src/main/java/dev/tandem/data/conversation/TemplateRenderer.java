package dev.tandem.data.conversation;

import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.jinja.ChatTemplate;
import dev.tandem.jinja.value.None;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Renders conversations with a chat template, with the variables that Hugging Face's {@code apply_chat_template}
 * supplies: {@code messages}, {@code tools}, {@code documents} (none), {@code add_generation_prompt}, and the texts of
 * the special tokens by their names; and the row's own variables.
 *
 * @param specialTexts special tokens, {@code bos_token} and so on
 * @param none the value that a template knows as {@code none}
 * @param template renders the template with given variables
 */
public record TemplateRenderer(
        Map<String, String> specialTexts, Object none, Function<Map<String, Object>, Rendered> template)
        implements ConversationRenderer {

    /**
     * Renders with a model's own chat template.
     *
     * @throws dev.tandem.UserException if the model has no chat template, or it does not follow the syntax
     */
    public static TemplateRenderer of(TextTokenizer tokenizer) {
        var template = ChatTemplate.compile(tokenizer.chatTemplate(), "of the tokenizer");
        return new TemplateRenderer(tokenizer.specialTexts(), None.NONE, variables -> {
            var rendered = template.render(variables);
            return new Rendered(
                    rendered.text(),
                    rendered.generationSpans().stream()
                            .map(span -> new Span(span.start(), span.end()))
                            .toList());
        });
    }

    @Override
    public Rendered render(List<ObjectNode> messages, TemplateArguments arguments, boolean addGenerationPrompt) {
        var variables = new LinkedHashMap<String, Object>(specialTexts);
        arguments.variables().forEach((name, value) -> variables.put(name, value(value)));
        variables.put("messages", messages.stream().map(this::value).toList());
        variables.put("tools", arguments.tools().map(this::value).orElse(none));
        variables.putIfAbsent("documents", none);
        variables.put("add_generation_prompt", addGenerationPrompt);
        return template.apply(variables);
    }

    /** JSON as templates know it: texts, integers, numbers, booleans, lists, maps and none. */
    private Object value(JsonNode node) {
        if (node.isArray()) {
            var list = new ArrayList<Object>();
            node.forEach(item -> list.add(value(item)));
            return list;
        }
        if (node.isObject()) {
            var map = new LinkedHashMap<String, Object>();
            node.properties().forEach(entry -> map.put(entry.getKey(), value(entry.getValue())));
            return map;
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return node.longValue();
        }
        if (node.isNumber()) {
            return node.doubleValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        return node.isString() ? node.stringValue() : none;
    }
}
