package dev.tandem.eval;

import dev.tandem.UserException;
import dev.tandem.data.LastTurn;
import dev.tandem.data.RowFormat;
import dev.tandem.data.rows.Row;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes rows to score of prompts and answers.
 *
 * @param format of the prompts
 * @param columns what the file calls the columns of the formats
 */
record AnswerRows(RowFormat format, Map<String, String> columns) {
    AnswerRows {
        columns = Map.copyOf(columns);
        if (format != RowFormat.ALPACA && format != RowFormat.SFT && format != RowFormat.CONVERSATION) {
            throw new UserException("Answers are read from rows of format alpaca, sft or conversation.");
        }
    }

    /** Rows of the format that the columns of a row speak for: messages, instruction or prompt. */
    static AnswerRows like(AnsweredPrompt asked, Map<String, String> columns) {
        if (AnsweredPrompt.has(asked.row(), columns, "messages")) {
            return new AnswerRows(RowFormat.CONVERSATION, columns);
        }
        return new AnswerRows(
                AnsweredPrompt.has(asked.row(), columns, "instruction") ? RowFormat.ALPACA : RowFormat.SFT, columns);
    }

    /**
     * A prompt with an answer, which need not be its own, in the columns that the format gives them.
     *
     * @throws UserException if the row does not have the format's prompt
     */
    Row row(AnsweredPrompt asked, AnsweredPrompt answer) {
        var values = JsonMapper.shared().createObjectNode();
        switch (format) {
            case ALPACA -> {
                copy(asked, values, "instruction");
                copy(asked, values, "input");
                values.put("output", answer.output());
            }
            case SFT -> {
                copy(asked, values, "prompt");
                values.put("response", answer.output());
            }
            default -> {
                copy(asked, values, "messages");
                copy(asked, values, "tools");
                if (values.get("messages") instanceof ArrayNode messages) {
                    LastTurn.replace(messages, answer.output());
                }
            }
        }
        return new Row(answer.row().where(), values);
    }

    private void copy(AnsweredPrompt asked, ObjectNode to, String column) {
        if (AnsweredPrompt.has(asked.row(), columns, column)) {
            to.set(column, AnsweredPrompt.value(asked.row(), columns, column).deepCopy());
        }
    }
}
