package dev.tandem.data;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Rows that hold a prompt, with an answer or without: puts an answer behind the prompt. */
public interface PromptRow {

    /** Columns that the prompt is made of, by the format's names, optional ones included. */
    List<String> columns();

    /**
     * Puts an answer into a row, in place of the one that it may have. A row without a prompt stays without.
     *
     * @param row is changed
     * @param columns what the row calls the columns
     */
    void answer(ObjectNode row, RowColumns columns, String answer);

    /**
     * Rows whose answer is a text in a column of its own.
     *
     * @param columns that the prompt is made of
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
            row.put(names.name(answerColumn), answer);
        }
    }
}
