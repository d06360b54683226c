package dev.tandem.eval.judge;

import dev.tandem.eval.AnswerPairs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A pair of answers, judged in both orders.
 *
 * @param verdicts one verdict for each order
 */
public record JudgedPair(AnswerPairs.Pair pair, List<Verdict> verdicts) {
    private static final double EVEN = 0.5;

    public JudgedPair {
        verdicts = List.copyOf(verdicts);
    }

    /** Whether both verdicts can be read. */
    public boolean readable() {
        return verdicts.stream().allMatch(v -> v.preference().isPresent());
    }

    /** How strongly the first set's answer is preferred, 0 to 1: the mean of both orders. */
    public double preference() {
        return verdicts.stream()
                .mapToDouble(v -> v.preference().orElseThrow())
                .average()
                .orElseThrow();
    }

    /** Whether the two orders prefer different answers. */
    public boolean inconsistent() {
        var sides = verdicts.stream()
                .map(v -> Math.signum(v.preference().orElseThrow() - EVEN))
                .toList();
        return sides.get(0) * sides.get(1) < 0;
    }

    /** Whether the judge was asked at all. */
    boolean asked() {
        return verdicts.stream().noneMatch(v -> v.source() == Verdict.Source.SAME_ANSWER);
    }

    /** Number of characters of the first set's answer. */
    int firstLength() {
        return length(pair.first().output());
    }

    /** Number of characters of the second set's answer. */
    int secondLength() {
        return length(pair.second().output());
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The pair as a line of the file of verdicts. */
    public Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("answer", pair.first().row().where());
        json.put("against", pair.second().row().where());
        json.put("prompt", pair.prompt());
        if (readable()) {
            json.put("preference", preference());
            json.put("inconsistent", inconsistent());
        }
        json.put("answer_characters", firstLength());
        json.put("against_characters", secondLength());
        json.put("verdicts", verdicts.stream().map(Verdict::json).toList());
        return json;
    }
}
