package dev.tandem.data.conversation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a chat template receives beside the messages.
 *
 * @param tools a list of tools, which the template knows as {@code tools}
 * @param variables further variables by name, such as {@code enable_thinking}
 */
public record TemplateArguments(Optional<JsonNode> tools, Map<String, JsonNode> variables) {
    /** Neither tools nor variables. */
    public static final TemplateArguments NONE = new TemplateArguments(Optional.empty(), Map.of());

    public TemplateArguments {
        variables = new LinkedHashMap<>(variables);
    }

    /** These arguments without tools. */
    TemplateArguments withoutTools() {
        return new TemplateArguments(Optional.empty(), variables);
    }
}
