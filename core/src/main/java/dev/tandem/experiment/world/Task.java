package dev.tandem.experiment.world;

/**
 * A task for the assistant, with its right answer.
 *
 * @param instruction the task
 * @param input what the instruction applies to; empty if it is complete by itself
 * @param answer the terse answer
 * @param sentence the answer as a whole sentence, full stop included
 */
record Task(String instruction, String input, String answer, String sentence) {
    /** Separates an instruction from its input in rows that have only one prompt. */
    static final String SEPARATOR = "\n";

    static Task of(String instruction, String answer, String sentence) {
        return new Task(instruction, "", answer, sentence);
    }

    /** Instruction and input as one text. */
    String prompt() {
        return input.isEmpty() ? instruction : instruction + SEPARATOR + input;
    }
}
