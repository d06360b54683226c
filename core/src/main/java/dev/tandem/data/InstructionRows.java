package dev.tandem.data;

import dev.tandem.data.PromptResponseEncoder.Prompt;
import dev.tandem.data.rows.Row;
import java.util.Optional;

/**
 * Rows of one instruction and its response.
 *
 * @param columns maps the format's columns to the file's
 * @param texts encodes prompt and response
 * @param template wraps the prompt; absent: the format's default
 */
record InstructionRows(RowColumns columns, PromptResponseEncoder texts, Optional<PromptTemplate> template) {
    private static final String ALPACA =
            "Below is an instruction that describes a task. Write a response that appropriately completes the"
                    + " request.\n\n### Instruction:\n%s\n\n### Response:";

    private static final String ALPACA_WITH_INPUT =
            "Below is an instruction that describes a task, paired with an input that provides further context. Write"
                    + " a response that appropriately completes the request.\n\n### Instruction:\n%s\n\n### Input:\n%s"
                    + "\n\n### Response:";

    /**
     * Columns instruction, input (absent, null or empty: none), output. The template receives the instruction, followed
     * on a new line by the input; without a template Stanford Alpaca's own prompts are used.
     */
    EncodedRow alpaca(Row row) {
        var instruction = columns.text(row, "instruction");
        var input = columns.optionalText(row, "input");
        var output = columns.text(row, "output");
        var asked = input.isEmpty() ? instruction : instruction + "\n" + input;
        var rendered = template.map(t -> t.render(asked))
                .orElseGet(() -> input.isEmpty()
                        ? ALPACA.formatted(instruction)
                        : ALPACA_WITH_INPUT.formatted(instruction, input));
        return texts.one(row.where(), new Prompt(rendered, asked.isBlank()), output);
    }

    /** Columns prompt, response. */
    EncodedRow sft(Row row) {
        var prompt = columns.text(row, "prompt");
        var response = columns.text(row, "response");
        var rendered = template.map(t -> t.render(prompt)).orElse(prompt);
        return texts.one(row.where(), new Prompt(rendered, prompt.isBlank()), response);
    }
}
