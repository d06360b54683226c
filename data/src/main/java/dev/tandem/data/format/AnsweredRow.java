package dev.tandem.data.format;

import dev.tandem.data.conversation.ConversationColumns;
import dev.tandem.data.conversation.Messages;
import dev.tandem.data.conversation.Turns;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.rows.Row;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A row with a prompt and a response: two texts, or messages on either side. A text beside messages is the user's turn, or
 * the assistant's.
 *
 * @param prompt the format's name of the prompt's column
 * @param response the format's name of the response's column
 */
record AnsweredRow(Row row, RowColumns columns, String prompt, String response) {

    /** Encodes the row; with messages, the assistant's turns in the response are trained. */
    EncodedRow encode(EncodingContext context) {
        if (isText()) {
            ConversationColumns.refuseForTexts(columns, row);
            var text = EncodingContext.withSystem(
                    ConversationColumns.system(columns, row), context.prompt(columns.text(row, prompt)));
            return context.texts().one(row.where(), text, columns.text(row, response));
        }
        context.refuseTemplateOfMessages(row);
        var before = before();
        var answer = Messages.answer(columns, row, response);
        if (Messages.startsWith(answer, before) && answer.size() > before.size()) {
            answer = answer.subList(before.size(), answer.size());
        } else if (columns.required(row, prompt).isString() && !Turns.isAssistant(answer.get(0))) {
            // the response is a whole conversation, which the text only repeats
            before = List.of();
        }
        var from = ConversationColumns.withSystem(columns, row, before).size();
        return context.conversations()
                .one(
                        row.where(),
                        ConversationColumns.withSystem(columns, row, Messages.joined(before, answer)),
                        ConversationColumns.arguments(columns, row),
                        before.isEmpty() ? 0 : from);
    }

    private boolean isText() {
        return isText(prompt) && isText(response);
    }

    private boolean isText(String column) {
        return Messages.isText(columns.required(row, column));
    }

    private List<ObjectNode> before() {
        var value = columns.required(row, prompt);
        return Messages.isText(value) ? List.of(Messages.user(value.stringValue())) : Messages.of(columns, row, prompt);
    }
}
