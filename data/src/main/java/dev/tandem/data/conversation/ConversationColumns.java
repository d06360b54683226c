package dev.tandem.data.conversation;

import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.rows.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Columns that belong to the messages of a row: tools, a system text, and variables of the chat template. */
public final class ConversationColumns {
    /** A list of tools, or its JSON text. */
    public static final String TOOLS = "tools";
    /** The system's text. */
    public static final String SYSTEM = "system";
    /** Variables of the chat template, an object or its JSON text. */
    public static final String ARGUMENTS = "chat_template_kwargs";
    /** All three. */
    public static final List<String> ALL = List.of(TOOLS, SYSTEM, ARGUMENTS);

    private static final String SYSTEM_PROMPT = "system_prompt";
    private static final Set<String> RESERVED =
            Set.of("messages", TOOLS, "add_generation_prompt", "continue_final_message", "chat_template", "tokenize");

    private ConversationColumns() {}

    /** A format's second names of columns, with those of the columns here. */
    public static Map<String, List<String>> otherNames(Map<String, List<String>> own) {
        var result = new LinkedHashMap<>(own);
        result.put(SYSTEM, List.of(SYSTEM_PROMPT));
        return result;
    }

    /** A format's columns, followed by those here. */
    public static List<String> and(String... columns) {
        var result = new ArrayList<>(List.of(columns));
        result.addAll(ALL);
        return result;
    }

    /** The system's text; empty if there is none. */
    public static String system(RowColumns columns, Row row) {
        return columns.optionalText(row, SYSTEM);
    }

    /** Messages that begin with the row's system text, unless they begin with one of their own. */
    public static List<ObjectNode> withSystem(RowColumns columns, Row row, List<ObjectNode> messages) {
        var system = system(columns, row);
        if (system.isEmpty()
                || !messages.isEmpty()
                        && List.of(Roles.SYSTEM, "developer")
                                .contains(messages.get(0).path("role").asString(""))) {
            return messages;
        }
        var first =
                JsonNodeFactory.instance.objectNode().put("role", Roles.SYSTEM).put("content", system);
        return Messages.joined(List.of(first), messages);
    }

    /**
     * The tools and variables of a row. Empty ones count as absent.
     *
     * @throws dev.tandem.UserException if they are something else
     */
    public static TemplateArguments arguments(RowColumns columns, Row row) {
        return new TemplateArguments(
                columns.optional(row, TOOLS).flatMap(value -> tools(new ColumnPlace(columns, row, TOOLS), value)),
                columns.optional(row, ARGUMENTS)
                        .map(value -> variables(new ColumnPlace(columns, row, ARGUMENTS), value))
                        .orElse(Map.of()));
    }

    /**
     * A list of tools in a value of a column; absent if there is none.
     *
     * @throws dev.tandem.UserException if it is something else
     */
    public static Optional<JsonNode> tools(RowColumns columns, Row row, String column, JsonNode value) {
        return tools(new ColumnPlace(columns, row, column), value);
    }

    private static Optional<JsonNode> tools(ColumnPlace place, JsonNode value) {
        if (value.isMissingNode() || value.isNull() || isBlank(value)) {
            return Optional.empty();
        }
        var tools = ColumnPlace.parsed(value);
        if (!tools.isArray()) {
            throw place.wrong(value, "a list of tools, or a text that is a JSON array of them,");
        }
        var result = JsonNodeFactory.instance.arrayNode();
        for (var tool : tools) {
            var parsed = ColumnPlace.parsed(tool);
            if (!parsed.isObject()) {
                throw place.wrong(tool, "a list of tools, {type: function, function: {…}}, not this in it,");
            }
            result.add(ColumnPlace.withoutNulls(parsed));
        }
        return result.isEmpty() ? Optional.empty() : Optional.of(result);
    }

    private static Map<String, JsonNode> variables(ColumnPlace place, JsonNode value) {
        if (isBlank(value)) {
            return Map.of();
        }
        var object = ColumnPlace.parsed(value);
        if (!object.isObject()) {
            throw place.wrong(value, "an object of variables of the chat template");
        }
        var result = new LinkedHashMap<String, JsonNode>();
        ColumnPlace.withoutNulls(object).properties().forEach(entry -> {
            if (RESERVED.contains(entry.getKey())) {
                throw place.refused("'" + entry.getKey() + "' is not a variable that rows set. Remove it.");
            }
            result.put(entry.getKey(), entry.getValue());
        });
        return result;
    }

    /**
     * Checks that a row whose prompt is a text has no columns that only a chat template could use.
     *
     * @throws dev.tandem.UserException if it has tools or variables
     */
    public static void refuseForTexts(RowColumns columns, Row row) {
        for (var column : List.of(TOOLS, ARGUMENTS)) {
            if (columns.optional(row, column).filter(value -> !isBlank(value)).isPresent()) {
                throw new ColumnPlace(columns, row, column)
                        .refused("a chat template reads this column, but the row's prompt is a text, to which none is"
                                + " applied. Write the prompt as a list of messages, or remove the column.");
            }
        }
    }

    private static boolean isBlank(JsonNode value) {
        return value.isString() ? value.stringValue().isBlank() : value.isContainer() && value.isEmpty();
    }
}
