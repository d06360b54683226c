package dev.tandem.eval;

import java.util.List;

/** The prompt format of a question. */
public enum QuestionPrompt {
    /** MMLU's format: the choices are listed, the answer is a letter. */
    LETTER("multiple choice questions") {
        @Override
        String ask(Question question) {
            var text = new StringBuilder(question.text());
            for (var i = 0; i < question.choices().size(); i++) {
                text.append('\n')
                        .append(Question.letter(i))
                        .append(". ")
                        .append(question.choices().get(i));
            }
            return text.append("\nAnswer:").toString();
        }

        @Override
        String answer(Question question, int choice) {
            return " " + Question.letter(choice);
        }
    },
    /** The choices are not shown, the answer is the text of one. */
    TEXT("questions") {
        @Override
        String ask(Question question) {
            return "Question: " + question.text() + "\nAnswer:";
        }

        @Override
        String answer(Question question, int choice) {
            return " " + question.choices().get(choice);
        }
    };

    private final String what;

    QuestionPrompt(String what) {
        this.what = what;
    }

    abstract String ask(Question question);

    /** The text after the prompt if the model answers with a choice. */
    abstract String answer(Question question, int choice);

    /**
     * The whole prompt.
     *
     * @param shots questions shown with their answers before it
     */
    public String text(Question question, List<Question> shots) {
        var text = new StringBuilder("The following are ").append(what).append(" (with answers)");
        if (!question.subject().isEmpty()) {
            text.append(" about ").append(question.subject().replace('_', ' '));
        }
        text.append(".\n\n");
        shots.forEach(shot ->
                text.append(ask(shot)).append(answer(shot, shot.answer())).append("\n\n"));
        return text.append(ask(question)).toString();
    }
}
