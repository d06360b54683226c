package dev.tandem.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How often one set of answers is better than another.
 *
 * @param pairs scored pairs, in the files' order
 * @param leftOut number of pairs that could not be scored, because their prompt is too long, for example
 * @param unmatched number of rows of either file without a partner
 */
public record WinRate(List<Compared> pairs, long leftOut, long unmatched) {
    private static final double Z = 1.959963984540054;

    public WinRate {
        pairs = List.copyOf(pairs);
    }

    /**
     * A scored pair.
     *
     * @param firstWhere place of the answer's row
     * @param secondWhere place of the row of the answer it is compared with
     * @param prompt the prompt of both answers
     */
    public record Compared(
            String firstWhere,
            String secondWhere,
            String prompt,
            AnswerScoring.Score first,
            AnswerScoring.Score second) {
        /** Difference of the scores; below 0 if the second is better. */
        public double margin() {
            return first.value() - second.value();
        }
    }

    static WinRate of(AnswerPairs pairs, List<Optional<List<AnswerScoring.Score>>> scores) {
        var result = new ArrayList<Compared>();
        for (var i = 0; i < scores.size(); i++) {
            var pair = pairs.pairs().get(i);
            scores.get(i)
                    .ifPresent(both -> result.add(new Compared(
                            pair.first().row().where(),
                            pair.second().row().where(),
                            pair.prompt(),
                            both.get(0),
                            both.get(1))));
        }
        return new WinRate(
                result,
                scores.size() - result.size(),
                pairs.onlyFirst().size() + pairs.onlySecond().size());
    }

    /** Pairs whose first answer has the higher score. */
    public long wins() {
        return pairs.stream().filter(pair -> pair.margin() > 0).count();
    }

    /** Number of pairs with equal scores, as equal answers have. */
    public long ties() {
        return pairs.stream().filter(pair -> pair.margin() == 0).count();
    }

    /** Pairs whose second answer has the higher score. */
    public long losses() {
        return pairs.size() - wins() - ties();
    }

    /** Fraction of pairs whose first answer is better, ties counting half. */
    public Interval rate() {
        return Interval.wilson(wins() + ties() / 2.0, pairs.size());
    }

    /** Mean margin and its 95 % interval (normal). */
    public Interval margin() {
        var margins = pairs.stream().mapToDouble(Compared::margin).toArray();
        var mean = Arrays.stream(margins).average().orElseThrow();
        var squares = Arrays.stream(margins).map(m -> (m - mean) * (m - mean)).sum();
        var half = margins.length < 2 ? 0 : Z * Math.sqrt(squares / (margins.length - 1) / margins.length);
        return new Interval(mean, mean - half, mean + half);
    }

    /** Mean score of the first answers, and of the second. */
    public List<Double> meanScores() {
        return List.of(
                pairs.stream().mapToDouble(p -> p.first().value()).average().orElseThrow(),
                pairs.stream().mapToDouble(p -> p.second().value()).average().orElseThrow());
    }

    /** Mean number of tokens of the first answers, and of the second. */
    public List<Double> meanTokens() {
        return List.of(
                pairs.stream().mapToDouble(p -> p.first().tokens()).average().orElseThrow(),
                pairs.stream().mapToDouble(p -> p.second().tokens()).average().orElseThrow());
    }

    /** The result in the form written to a file. */
    public Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("pairs", pairs.size());
        json.put("wins", wins());
        json.put("ties", ties());
        json.put("losses", losses());
        json.put("win_rate", rate());
        json.put("margin", margin());
        json.put("scores", meanScores());
        json.put("tokens", meanTokens());
        json.put("left_out", leftOut);
        json.put("unmatched", unmatched);
        return json;
    }
}
