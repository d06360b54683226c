package dev.tandem.data.format;

import dev.tandem.data.conversation.ConversationColumns;
import dev.tandem.data.conversation.Messages;
import dev.tandem.data.conversation.TemplateArguments;
import dev.tandem.data.conversation.Turns;
import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.rows.Row;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The messages of a row of two answers, in any of the shapes that files have: answers that follow the prompt, single
 * messages, texts beside a list of messages, and whole conversations that repeat the prompt. Of whole conversations the
 * longest common beginning is the prompt.
 *
 * @param columns the file's names of the columns
 * @param prompt name of the prompt's column; absent if the answers are whole conversations
 */
record PairRow(Row row, RowColumns columns, Optional<String> prompt) {
    static final String CHOSEN = "chosen";
    static final String REJECTED = "rejected";
    /** Further names of the columns of the answers. */
    static final List<String> OTHER_CHOSEN = List.of("preferred_output", "chosen_response");

    static final List<String> OTHER_REJECTED = List.of("non_preferred_output", "rejected_response");

    /**
     * Two conversations.
     *
     * @param from number of messages that make up the prompt
     */
    record Pair(List<ObjectNode> chosen, List<ObjectNode> rejected, int from) {}

    /** Whether prompt and answers are texts. */
    boolean isText() {
        return Stream.concat(prompt.stream(), Stream.of(CHOSEN, REJECTED))
                .map(this::isText)
                .reduce(true, Boolean::logicalAnd);
    }

    private boolean isText(String column) {
        return Messages.isText(columns.required(row, column));
    }

    /** Encodes the row's messages, as {@link RowFormat#encoder} says. */
    EncodedRow encode(EncodingContext context) {
        context.refuseTemplateOfMessages(row);
        var pair = pair();
        if (pair.from() < 1) {
            return new EncodedRow.Dropped(DropReason.NO_SHARED_PROMPT);
        }
        var from = ConversationColumns.withSystem(columns, row, pair.chosen().subList(0, pair.from()))
                .size();
        return context.conversations()
                .pair(
                        row.where(),
                        from,
                        ConversationColumns.withSystem(columns, row, pair.chosen()),
                        ConversationColumns.withSystem(columns, row, pair.rejected()),
                        arguments());
    }

    /** The two conversations. */
    Pair pair() {
        var chosen = Messages.answer(columns, row, CHOSEN);
        var rejected = Messages.answer(columns, row, REJECTED);
        if (prompt.isEmpty()) {
            return whole(chosen, rejected);
        }
        var value = columns.required(row, prompt.get());
        if (Messages.isText(value)) {
            return isAnswer(chosen) && isAnswer(rejected)
                    ? following(List.of(Messages.user(value.stringValue())), chosen, rejected)
                    : whole(chosen, rejected);
        }
        var before = Messages.of(columns, row, prompt.get(), messages(value));
        if (Messages.startsWith(chosen, before)) {
            return Messages.startsWith(rejected, before)
                            && chosen.size() > before.size()
                            && rejected.size() > before.size()
                    ? new Pair(chosen, rejected, before.size())
                    : whole(chosen, rejected);
        }
        return following(before, chosen, rejected);
    }

    private static boolean isAnswer(List<ObjectNode> messages) {
        return !messages.isEmpty() && Turns.isAssistant(messages.get(0));
    }

    private static Pair following(List<ObjectNode> prompt, List<ObjectNode> chosen, List<ObjectNode> rejected) {
        return new Pair(Messages.joined(prompt, chosen), Messages.joined(prompt, rejected), prompt.size());
    }

    /** Equal conversations share all but their last message. */
    private static Pair whole(List<ObjectNode> chosen, List<ObjectNode> rejected) {
        var most = Math.min(chosen.size(), rejected.size()) - 1;
        var shared = 0;
        while (shared < most && chosen.get(shared).equals(rejected.get(shared))) {
            shared++;
        }
        return new Pair(chosen, rejected, shared);
    }

    /** OpenAI's prompt is an object with messages and perhaps tools. */
    private static JsonNode messages(JsonNode value) {
        return value.isObject() && value.path(ConversationFormat.MESSAGES).isArray()
                ? value.path(ConversationFormat.MESSAGES)
                : value;
    }

    private TemplateArguments arguments() {
        var own = ConversationColumns.arguments(columns, row);
        var value = prompt.flatMap(column -> columns.optional(row, column));
        return own.tools().isPresent()
                ? own
                : new TemplateArguments(
                        value.flatMap(v -> ConversationColumns.tools(columns, row, prompt.get(), v.path("tools"))),
                        own.variables());
    }

    /** Prompt and answers as texts. */
    RowTexts texts() {
        var pair = pair();
        var from = Math.max(0, pair.from());
        return new RowTexts(
                text(pair.chosen().subList(0, from)),
                List.of(
                        text(pair.chosen().subList(from, pair.chosen().size())),
                        text(pair.rejected().subList(from, pair.rejected().size()))));
    }

    private static String text(List<ObjectNode> messages) {
        return PlainText.joined(PlainText.lines(messages));
    }
}
