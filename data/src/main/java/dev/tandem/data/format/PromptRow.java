package dev.tandem.data.format;

import dev.tandem.data.encoding.RowColumns;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Puts an answer after the prompt of a row, which may already have one. */
public interface PromptRow {

    /** Columns that make up the prompt, by the format's names, optional ones included. */
    List<String> columns();

    /**
     * Puts an answer into a row, in place of the one that it may have. A row without a prompt is left without one.
     *
     * @param row the row, which is changed
     * @param columns the row's names of the columns
     */
    void answer(ObjectNode row, RowColumns columns, String answer);

    /**
     * Rows whose answer is a text in a column of its own.
     *
     * @param columns columns that make up the prompt
     * @param answerColumn where the answer goes
     */
    static PromptRow of(List<String> columns, String answerColumn) {
        return new OwnColumn(columns, answerColumn);
    }

    /** See {@link #of}. */
    record OwnColumn(List<String> columns, String answerColumn) implements PromptRow {
        public OwnColumn {
            columns = List.copyOf(columns);
        }

        @Override
        public void answer(ObjectNode row, RowColumns names, String answer) {
            row.remove(names.otherNames().getOrDefault(answerColumn, List.of()));
            row.put(names.name(answerColumn), answer);
        }
    }
}
