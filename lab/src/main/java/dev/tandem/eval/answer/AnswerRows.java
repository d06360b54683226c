package dev.tandem.eval.answer;

import dev.tandem.UserException;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.format.PromptRow;
import dev.tandem.data.format.RowFormat;
import dev.tandem.data.format.RowFormats;
import dev.tandem.data.format.SftFormat;
import dev.tandem.data.rows.Row;
import java.util.HashSet;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes rows to score out of prompts and answers.
 *
 * @param format of the prompts
 * @param prompts its prompts
 * @param columns what the file calls the columns of the formats
 */
record AnswerRows(RowFormat format, PromptRow prompts, Map<String, String> columns) {
    AnswerRows {
        columns = Map.copyOf(columns);
    }

    /** @throws UserException if rows of the format have no prompts */
    static AnswerRows of(RowFormat format, Map<String, String> columns) {
        var prompts = format.prompt()
                .orElseThrow(() -> new UserException("Answers are read from rows of format "
                        + RowFormats.names(RowFormats.ALL, f -> f.prompt().isPresent()) + ", not " + format.name()
                        + "."));
        return new AnswerRows(format, prompts, columns);
    }

    /** Rows of the format whose prompt the columns of a row hold. */
    static AnswerRows like(AnsweredPrompt asked, Map<String, String> columns) {
        var names = new HashSet<>(asked.row().values().propertyNames());
        columns.keySet().stream()
                .filter(name -> AnsweredPrompt.has(asked.row(), columns, name))
                .forEach(names::add);
        return of(RowFormats.guessPrompts(names, Map.of()).orElseGet(SftFormat::new), columns);
    }

    /**
     * A prompt with an answer, which need not be its own, in the columns that the format gives them.
     *
     * @throws UserException if the row does not have the format's prompt
     */
    Row row(AnsweredPrompt asked, AnsweredPrompt answer) {
        var values = JsonMapper.shared().createObjectNode();
        prompts.columns().forEach(column -> copy(asked, values, column));
        prompts.answer(values, new RowColumns(Map.of()), answer.output());
        return new Row(answer.row().where(), values);
    }

    private void copy(AnsweredPrompt asked, ObjectNode to, String column) {
        if (AnsweredPrompt.has(asked.row(), columns, column)) {
            to.set(column, AnsweredPrompt.value(asked.row(), columns, column).deepCopy());
        }
    }
}
