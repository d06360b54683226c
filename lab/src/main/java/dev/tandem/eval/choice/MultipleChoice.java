package dev.tandem.eval.choice;

import dev.tandem.UserException;
import dev.tandem.model.generation.TextModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/**
 * Asks a model multiple-choice questions; its answer is the most probable choice.
 *
 * <p>Shots are the first questions of the same subject in the dev split. A prompt that is longer than the model was
 * trained for loses its shots from the last on; a question that is too long even without shots is left out.
 */
public final class MultipleChoice {
    /** Maximum number of subjects that a message names. */
    private static final int NAMED = 10;

    private final TextModel model;
    private final QuestionPrompt prompt;
    private final List<Question> dev;
    private final int shots;

    /**
     * @param dev questions from which shots are taken
     * @param shots number of shots before each question
     * @throws UserException if shots are requested without a dev split
     */
    public MultipleChoice(TextModel model, QuestionPrompt prompt, List<Question> dev, int shots) {
        this.model = model;
        this.prompt = prompt;
        this.dev = List.copyOf(dev);
        this.shots = shots;
        if (shots < 0 || (shots > 0 && dev.isEmpty())) {
            throw new UserException("--shots is " + shots
                    + (shots < 0
                            ? ", but must be at least 0."
                            : ", but there are no"
                                    + " questions to show. Name their file with --dev, or set --shots 0."));
        }
    }

    /**
     * Asks all questions.
     *
     * @param progress receives the number of questions done
     * @param cancelled checked before each question
     * @throws CancellationException if it was cancelled
     * @throws UserException if all questions are too long
     */
    public MultipleChoiceResult run(List<Question> questions, LongConsumer progress, BooleanSupplier cancelled) {
        var asked = new ArrayList<MultipleChoiceResult.Asked>();
        try (var scorer = new ChoiceScorer(model)) {
            for (var i = 0; i < questions.size(); i++) {
                if (cancelled.getAsBoolean()) {
                    throw new CancellationException();
                }
                ask(scorer, questions.get(i)).ifPresent(asked::add);
                progress.accept(i + 1);
            }
        }
        if (asked.isEmpty()) {
            throw new UserException("All " + questions.size() + " questions are longer than the " + model.maxPositions()
                    + " tokens the model was trained for.");
        }
        return MultipleChoiceResult.of(prompt, shots, questions.size() - asked.size(), asked);
    }

    /** Describes the subjects that have fewer shots than requested, in a sentence; empty if all have enough. */
    public List<String> shortages(List<Question> questions) {
        return shortages(questions, dev, shots);
    }

    /** The description, before there is a model. */
    public static List<String> shortages(List<Question> questions, List<Question> dev, int shots) {
        var subjects = questions.stream().map(Question::subject).distinct().toList();
        var few = subjects.stream()
                .filter(s -> examples(dev, s, shots).size() < shots)
                .toList();
        if (few.isEmpty()) {
            return List.of();
        }
        if (subjects.size() == 1) {
            return List.of(String.format(
                    Locale.ROOT,
                    "There are only %d questions to show, and not %d.",
                    examples(dev, few.get(0), shots).size(),
                    shots));
        }
        var named = few.stream()
                .limit(NAMED)
                .map(s -> (s.isEmpty() ? "(none)" : s) + " ("
                        + examples(dev, s, shots).size() + ")");
        return List.of(String.format(
                Locale.ROOT,
                "%d of %d subjects have fewer than %d questions to show, and are asked with those there are: %s%s",
                few.size(),
                subjects.size(),
                shots,
                named.collect(Collectors.joining(", ")),
                few.size() > NAMED ? ", …" : ""));
    }

    private static List<Question> examples(List<Question> dev, String subject, int shots) {
        return dev.stream()
                .filter(shot -> shot.subject().equals(subject))
                .limit(shots)
                .toList();
    }

    private Optional<MultipleChoiceResult.Asked> ask(ChoiceScorer scorer, Question question) {
        var examples = examples(dev, question.subject(), shots);
        var choices = new ArrayList<int[]>();
        for (var i = 0; i < question.choices().size(); i++) {
            choices.add(ids(question, prompt.answer(question, i)));
        }
        var longest = choices.stream().mapToInt(choice -> choice.length).max().orElseThrow();
        for (var shown = examples.size(); shown >= 0; shown--) {
            var ids = model.tokenizer().encodePrompt(prompt.text(question, examples.subList(0, shown)));
            // the answer's last token is predicted, not read
            if (ids.length + longest - 1 <= model.maxPositions()) {
                var scores = scorer.score(ids, choices);
                return Optional.of(new MultipleChoiceResult.Asked(
                        question, largest(scores.sums()), largest(scores.perToken()), examples.size() - shown));
            }
        }
        return Optional.empty();
    }

    private int[] ids(Question question, String text) {
        var ids = model.tokenizer().encodeContinuation(text);
        if (ids.length == 0) {
            throw new UserException(question.where() + ": a choice has no tokens. Give it text.");
        }
        return ids;
    }

    /** The index of the largest value, the first of equal ones. */
    private static int largest(double[] values) {
        var best = 0;
        for (var i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }
}
