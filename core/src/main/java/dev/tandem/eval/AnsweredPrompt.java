package dev.tandem.eval;

import dev.tandem.UserException;
import dev.tandem.data.LastTurn;
import dev.tandem.data.rows.Row;
import java.util.ArrayList;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A row of a file of answers.
 *
 * @param row the row of the file
 * @param prompt the instruction (and its input), the prompt, or the conversation up to the answer
 * @param output the answer
 */
public record AnsweredPrompt(Row row, String prompt, String output) {

    /**
     * Reads a row of either layout that {@code tandem generate} writes.
     *
     * @param columns the file's names for {@code instruction}, {@code input}, {@code prompt}, {@code messages} and
     *     {@code output}, if they differ
     * @throws UserException if there is no prompt or no answer
     */
    static AnsweredPrompt of(Row row, Map<String, String> columns) {
        var output = value(row, columns, "output");
        if (!output.isString()) {
            throw new UserException(row.where() + ": there is no answer: a text 'output' was expected; the columns are "
                    + row.values().propertyNames() + ". tandem generate writes such files; another column is named with"
                    + " --column output=….");
        }
        return new AnsweredPrompt(row, prompt(row, columns), output.stringValue());
    }

    /** The prompt of a row, whether it is answered or not. */
    static String prompt(Row row, Map<String, String> columns) {
        var messages = value(row, columns, "messages");
        if (messages.isArray() && !messages.isEmpty()) {
            return conversation(messages);
        }
        var instruction = value(row, columns, "instruction");
        if (instruction.isString()) {
            var input = value(row, columns, "input").asString("");
            return input.isEmpty() ? instruction.stringValue() : instruction.stringValue() + "\n" + input;
        }
        var prompt = value(row, columns, "prompt");
        if (prompt.isString()) {
            return prompt.stringValue();
        }
        throw new UserException(row.where() + ": there is no prompt: a text 'instruction' or 'prompt', or a list"
                + " 'messages' was expected; the columns are " + row.values().propertyNames()
                + ". Another column is named with --column prompt=….");
    }

    /** A conversation as text; a single turn is its text, as in AlpacaEval's layout. */
    private static String conversation(JsonNode messages) {
        var turns = new ArrayList<String>();
        for (var message : messages) {
            var role = text(message, "role", "from");
            turns.add(role + ": " + text(message, "content", "value"));
        }
        if (turns.size() > 1 && LastTurn.isAnswer(messages.path(messages.size() - 1))) {
            turns.remove(turns.size() - 1);
        }
        return turns.size() == 1 ? text(messages.path(0), "content", "value") : String.join("\n\n", turns);
    }

    private static String text(JsonNode message, String name, String otherName) {
        return message.path(name).asString(message.path(otherName).asString(""));
    }

    static boolean has(Row row, Map<String, String> columns, String name) {
        return !value(row, columns, name).isMissingNode();
    }

    /**
     * The value in the column mapped to that name or, without a mapping, in the column of that name; missing if there
     * is none.
     */
    static JsonNode value(Row row, Map<String, String> columns, String name) {
        var mapped = row.values().path(columns.getOrDefault(name, name));
        return mapped.isMissingNode() ? row.values().path(name) : mapped;
    }
}
