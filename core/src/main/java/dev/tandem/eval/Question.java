package dev.tandem.eval;

import java.util.List;

/**
 * A multiple-choice question.
 *
 * @param where file and row, for messages
 * @param subject subject in the file; may be empty
 * @param text text of the question
 * @param choices 2 to 26
 * @param answer index of the right choice
 */
public record Question(String where, String subject, String text, List<String> choices, int answer) {
    private static final int LETTERS = 26;

    public Question {
        choices = List.copyOf(choices);
        if (choices.size() < 2 || choices.size() > LETTERS || answer < 0 || answer >= choices.size()) {
            throw new IllegalArgumentException(choices.size() + " choices, answer " + answer);
        }
    }

    /** The letter of a choice: A, B, … */
    static String letter(int choice) {
        return String.valueOf((char) ('A' + choice));
    }
}
