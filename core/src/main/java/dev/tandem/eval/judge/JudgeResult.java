package dev.tandem.eval.judge;

import dev.tandem.UserException;
import dev.tandem.eval.AnswerPairs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A judge's result for two sets of answers.
 *
 * @param settings settings of the judge
 * @param pairs number of all pairs; fewer are judged if the cost limit was reached
 * @param judged pairs with verdicts, readable or not, in the files' order
 * @param wins results of the readable ones
 * @param lengthControlled the win rate at equal lengths; absent if lengths do not differ
 * @param cost cost of judging
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
     * The result for the judged pairs.
     *
     * @param difficulty the difficulty of a pair's instruction
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
                + "'. Check the judge's prompt and its verdicts.");
    }

    /** Pairs whose verdicts cannot be read; they are not counted. */
    public List<JudgedPair> unreadable() {
        return judged.stream().filter(p -> !p.readable()).toList();
    }

    /** Number of pairs for which no money was left. */
    public int left() {
        return pairs - judged.size();
    }

    /**
     * Number of verdicts that should have been read from probabilities, but were read from words because there were
     * none.
     */
    public long withoutProbabilities() {
        return settings.weighted()
                ? judged.stream()
                        .flatMap(p -> p.verdicts().stream())
                        .filter(v -> v.source() == Verdict.Source.TEXT)
                        .count()
                : 0;
    }

    /** The result in the form written to a file. */
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
