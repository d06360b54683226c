package dev.tandem.eval.judge;

import dev.tandem.UserException;
import dev.tandem.eval.AnswerPairs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a judge said of two sets of answers.
 *
 * @param settings how it was asked
 * @param pairs that there are; fewer are judged where the limit of costs was reached
 * @param judged pairs with verdicts, readable or not, in the files' order
 * @param wins over the readable ones
 * @param lengthControlled the same at equal lengths; absent where lengths do not differ
 * @param cost what it took
 */
public record JudgeResult(
        JudgeSettings settings,
        int pairs,
        List<JudgedPair> judged,
        JudgedWins wins,
        Optional<LengthControl> lengthControlled,
        JudgeCost cost) {
    public JudgeResult {
        judged = List.copyOf(judged);
    }

    /**
     * The result of what is judged.
     *
     * @param difficulty of a pair's instruction
     * @throws UserException if there is no readable verdict
     */
    static JudgeResult of(
            JudgeSettings settings,
            int pairs,
            List<JudgedPair> judged,
            Function<AnswerPairs.Pair, Optional<Double>> difficulty,
            JudgeCost cost) {
        var readable = judged.stream().filter(JudgedPair::readable).toList();
        if (readable.isEmpty()) {
            throw nothing(settings, judged);
        }
        var points = readable.stream()
                .map(p -> new LengthControl.Point(
                        p.preference(), p.firstLength() - p.secondLength(), difficulty.apply(p.pair())))
                .toList();
        return new JudgeResult(settings, pairs, judged, JudgedWins.of(readable), LengthControl.of(points), cost);
    }

    private static UserException nothing(JudgeSettings settings, List<JudgedPair> judged) {
        if (judged.isEmpty()) {
            return new UserException("The limit of " + Prices.dollars(settings.maxCost())
                    + " does not suffice for one pair. Raise --max-cost.");
        }
        var reply = judged.get(0).verdicts().stream()
                .filter(v -> v.preference().isEmpty())
                .findFirst()
                .map(Verdict::reply)
                .orElse("");
        reply = reply.length() > 100 ? reply.substring(0, 100) + "…" : reply;
        return new UserException("None of " + judged.size() + " pairs has verdicts that can be read: "
                + settings.words().said() + " was expected, and for the first the judge said '" + reply
                + "'. Check the judge's prompt and the verdicts it is to say.");
    }

    /** Pairs whose verdicts cannot be read; they count nowhere. */
    public List<JudgedPair> unreadable() {
        return judged.stream().filter(p -> !p.readable()).toList();
    }

    /** Pairs for which no money was left. */
    public int left() {
        return pairs - judged.size();
    }

    /** Verdicts that were to be read from probabilities, but were read from words for want of any. */
    public long withoutProbabilities() {
        return settings.weighted()
                ? judged.stream()
                        .flatMap(p -> p.verdicts().stream())
                        .filter(v -> v.source() == Verdict.Source.TEXT)
                        .count()
                : 0;
    }

    /** The result as it stands in a file. */
    public Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("pairs", pairs);
        json.put("judged", wins.pairs());
        json.put("complete", left() == 0);
        json.put("left", left());
        json.put(
                "unreadable",
                unreadable().stream().map(p -> p.pair().first().row().where()).toList());
        json.putAll(wins.json());
        lengthControlled.ifPresent(l -> json.put("length_controlled", l.json()));
        json.put("verdicts_without_probabilities", withoutProbabilities());
        json.put("cost", cost.json());
        json.put("judge", settings.json());
        return json;
    }
}
