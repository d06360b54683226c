package dev.tandem.data.conversation;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Calls of tools: OpenAI's {@code tool_calls}, its older {@code function_call}, and ShareGPT's turn of that name. */
final class ToolCalls {
    static final String CALLS = "tool_calls";
    private static final String FUNCTION_CALL = "function_call";
    private static final String FUNCTION = "function";
    private static final String NAME = "name";
    private static final String EXPECTED = "calls of tools: {name: …, arguments: …}, not this,";

    private ToolCalls() {}

    /**
     * The calls of a turn that consists of them: an object with name and arguments or a list of those, usually as a text.
     *
     * @throws dev.tandem.UserException if it is something else
     */
    static ArrayNode ofTurn(ColumnPlace place, JsonNode content) {
        var value = ColumnPlace.withoutNulls(ColumnPlace.parsed(content));
        var calls = JsonNodeFactory.instance.arrayNode();
        if (value.isArray() && !value.isEmpty()) {
            value.forEach(call -> calls.add(wrapped(place, call)));
        } else if (value.isObject()) {
            calls.add(wrapped(place, value));
        } else {
            throw place.wrong(content, EXPECTED);
        }
        return calls;
    }

    /**
     * Brings the calls of an assistant's message into the form that templates know.
     *
     * @throws dev.tandem.UserException if they are something else
     */
    static void normalise(ColumnPlace place, ObjectNode message) {
        if (message.has(CALLS)) {
            var calls = ColumnPlace.parsed(message.get(CALLS));
            if (!calls.isArray()) {
                throw place.wrong(calls, "a list of tool_calls");
            }
            for (var call : calls) {
                function(place, call);
            }
            message.remove(CALLS);
            if (!calls.isEmpty()) {
                message.set(CALLS, calls);
            }
        }
        if (message.has(FUNCTION_CALL)) {
            var call = message.remove(FUNCTION_CALL);
            if (!message.has(CALLS)) {
                message.set(CALLS, ofTurn(place, call));
            }
        }
    }

    private static ObjectNode wrapped(ColumnPlace place, JsonNode call) {
        var result = JsonNodeFactory.instance.objectNode().put("type", FUNCTION);
        result.set(FUNCTION, function(place, call));
        return result;
    }

    /** The name and arguments of a call, which may be inside {@code function}. */
    private static JsonNode function(ColumnPlace place, JsonNode call) {
        var function = call.path(FUNCTION).isObject() ? call.path(FUNCTION) : call;
        if (!function.path(NAME).isString()) {
            throw place.wrong(call, EXPECTED);
        }
        return function;
    }

    /** The name of a call that has been read. */
    static String name(JsonNode call) {
        return call.path(FUNCTION).path(NAME).asString(call.path(NAME).asString(""));
    }
}
