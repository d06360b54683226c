package dev.tandem.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The accuracy of answers. Accuracies are fractions from 0 to 1 with their 95 % intervals.
 *
 * @param prompt how the questions were asked
 * @param shots number of shots requested before each question
 * @param leftOut questions too long for the model
 * @param shotsDropped number of shots that did not fit, over all questions
 * @param subjects accuracy by subject, in order of appearance
 * @param all accuracy over all questions with equal weights (micro)
 * @param macro mean of the subjects' accuracies
 */
public record MultipleChoiceResult(
        QuestionPrompt prompt,
        int shots,
        long leftOut,
        long shotsDropped,
        Map<String, Accuracy> subjects,
        Accuracy all,
        double macro) {
    public MultipleChoiceResult {
        subjects = new LinkedHashMap<>(subjects);
    }

    /**
     * Accuracy over some questions.
     *
     * @param questions number of questions
     * @param bySum accuracy if the answer is the choice of the largest log-prob
     * @param perToken accuracy if the answer is the choice of the largest log-prob per token; the same for letters
     */
    public record Accuracy(long questions, Interval bySum, Interval perToken) {}

    /** A question, the choices that were most probable, and how many shots did not fit. */
    record Asked(Question question, int bySum, int perToken, int shotsDropped) {}

    static MultipleChoiceResult of(QuestionPrompt prompt, int shots, long leftOut, List<Asked> asked) {
        var bySubject = new LinkedHashMap<String, List<Asked>>();
        asked.forEach(a -> bySubject
                .computeIfAbsent(a.question().subject(), s -> new ArrayList<>())
                .add(a));
        var subjects = new LinkedHashMap<String, Accuracy>();
        bySubject.forEach((subject, some) -> subjects.put(subject, accuracy(some)));
        var macro = subjects.values().stream()
                .mapToDouble(a -> a.bySum().value())
                .average()
                .orElseThrow();
        var dropped = asked.stream().mapToLong(Asked::shotsDropped).sum();
        return new MultipleChoiceResult(prompt, shots, leftOut, dropped, subjects, accuracy(asked), macro);
    }

    private static Accuracy accuracy(List<Asked> asked) {
        return new Accuracy(
                asked.size(),
                share(asked, a -> a.bySum() == a.question().answer()),
                share(asked, a -> a.perToken() == a.question().answer()));
    }

    private static Interval share(List<Asked> asked, Predicate<Asked> right) {
        return Interval.wilson(asked.stream().filter(right).count(), asked.size());
    }

    /** The result in the form written to a file. */
    public Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("score", prompt.name().toLowerCase(Locale.ROOT));
        json.put("shots", shots);
        json.put("shots_dropped", shotsDropped);
        json.put("left_out", leftOut);
        json.put("macro_accuracy", macro);
        json.put("all", json(all));
        var bySubject = new LinkedHashMap<String, Object>();
        subjects.forEach((subject, accuracy) -> bySubject.put(subject, json(accuracy)));
        json.put("subjects", bySubject);
        return json;
    }

    private static Map<String, Object> json(Accuracy accuracy) {
        var json = new LinkedHashMap<String, Object>();
        json.put("questions", accuracy.questions());
        json.put("accuracy", accuracy.bySum());
        json.put("accuracy_per_token", accuracy.perToken());
        return json;
    }
}
