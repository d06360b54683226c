package dev.tandem.data;

import dev.tandem.UserException;
import dev.tandem.data.PromptResponseEncoder.Prompt;
import dev.tandem.data.rows.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows with a chosen and a rejected answer, as texts or as lists of messages.
 *
 * @param columns maps the format's columns to the file's
 * @param texts encodes texts
 * @param conversations encodes messages; created when the first row has some
 * @param template wraps a prompt that is a text
 */
record PairRows(
        RowColumns columns,
        PromptResponseEncoder texts,
        Supplier<ConversationEncoder> conversations,
        Optional<PromptTemplate> template) {
    private static final String PROMPT = "prompt";
    private static final String CHOSEN = "chosen";
    private static final String REJECTED = "rejected";
    private static final String ANSWER = "\n\nAssistant:";

    /** Columns prompt, chosen, rejected: three texts, or three lists of messages. */
    EncodedRow preference(Row row) {
        return columns.required(row, PROMPT).isArray() ? preferredMessages(row) : preferredText(row);
    }

    private EncodedRow preferredText(Row row) {
        var prompt = columns.text(row, PROMPT);
        var rendered = template.map(t -> t.render(prompt)).orElse(prompt);
        return texts.pair(
                row.where(),
                new Prompt(rendered, prompt.isBlank()),
                columns.text(row, CHOSEN),
                columns.text(row, REJECTED));
    }

    private EncodedRow preferredMessages(Row row) {
        if (template.isPresent()) {
            throw new UserException(row.where() + ": the prompt is a list of messages, which the model's chat template"
                    + " renders; the recipe's 'template' is for texts. Remove 'template'.");
        }
        var prompt = messages(row, PROMPT);
        return conversations
                .get()
                .pair(
                        row.where(),
                        prompt.size(),
                        joined(prompt, messages(row, CHOSEN)),
                        joined(prompt, messages(row, REJECTED)),
                        columns.optional(row, "tools"));
    }

    /**
     * Columns chosen, rejected: whole dialogues. Texts in which turns begin with {@code "\n\nHuman:"} and {@code
     * "\n\nAssistant:"} share everything up to the last {@code "\n\nAssistant:"}; lists of messages share all but the
     * last one, which is the assistant's.
     */
    EncodedRow implicitPreference(Row row) {
        return columns.required(row, CHOSEN).isArray() ? implicitMessages(row) : implicitText(row);
    }

    private EncodedRow implicitText(Row row) {
        var chosen = columns.text(row, CHOSEN);
        var rejected = columns.text(row, REJECTED);
        var end = answerStart(chosen);
        var prompt = chosen.substring(0, Math.max(0, end));
        if (end < 0 || end != answerStart(rejected) || !rejected.startsWith(prompt)) {
            return new EncodedRow.Dropped(DropReason.NO_SHARED_PROMPT);
        }
        return texts.pair(
                row.where(), new Prompt(prompt, prompt.equals(ANSWER)), chosen.substring(end), rejected.substring(end));
    }

    /** Index at which the last answer begins; -1 if there is none. */
    private static int answerStart(String dialogue) {
        var last = dialogue.lastIndexOf(ANSWER);
        return last < 0 ? -1 : last + ANSWER.length();
    }

    private EncodedRow implicitMessages(Row row) {
        var chosen = messages(row, CHOSEN);
        var rejected = messages(row, REJECTED);
        var shared = chosen.size() - 1;
        if (shared < 1
                || rejected.size() != chosen.size()
                || !chosen.subList(0, shared).equals(rejected.subList(0, shared))
                || !Turns.isAssistant(chosen.get(shared))
                || !Turns.isAssistant(rejected.get(shared))) {
            return new EncodedRow.Dropped(DropReason.NO_SHARED_PROMPT);
        }
        return conversations.get().pair(row.where(), shared, chosen, rejected, columns.optional(row, "tools"));
    }

    private List<ObjectNode> messages(Row row, String column) {
        return Messages.of(columns, row, column, columns.required(row, column));
    }

    private static List<ObjectNode> joined(List<ObjectNode> prompt, List<ObjectNode> answer) {
        var messages = new ArrayList<>(prompt);
        messages.addAll(answer);
        return messages;
    }
}
