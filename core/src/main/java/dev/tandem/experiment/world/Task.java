package dev.tandem.experiment.world;

/**
 * Something asked of the assistant, with its right answer.
 *
 * @param instruction what to do
 * @param input what to do it to; empty when the instruction says all
 * @param answer the terse answer
 * @param sentence the answer as a whole sentence, full stop included
 */
record Task(String instruction, String input, String answer, String sentence) {
    /** Between an instruction and its input where a row has only one prompt. */
    static final String SEPARATOR = "\n";

    static Task of(String instruction, String answer, String sentence) {
        return new Task(instruction, "", answer, sentence);
    }

    /** Instruction and input as one text. */
    String prompt() {
        return input.isEmpty() ? instruction : instruction + SEPARATOR + input;
    }
}
