package dev.tandem.experiment.world;

/** A row of format {@code alpaca}: an instruction, the input it applies to (may be empty), and the terse answer. */
public record InstructionRow(String instruction, String input, String output) {

    /** Instruction and input as one prompt, as the preference rows write it (not rendered). */
    public String prompt() {
        return input.isEmpty() ? instruction : instruction + Task.SEPARATOR + input;
    }
}
