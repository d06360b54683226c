package dev.tandem.eval.judge;

import dev.tandem.eval.Interval;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How often the first set's answers are preferred. Fractions are from 0 to 1.
 *
 * @param rate mean preference, with its 95 % interval over pairs: {@link Interval#ofMean}
 * @param standardError standard error of the rate: deviation of the preferences / √pairs
 * @param wins number of pairs with a preference above one half
 * @param losses number of pairs with a preference below one half
 * @param ties number of pairs with a preference of exactly one half
 * @param same number of ties whose answers are identical
 * @param inconsistent number of pairs, among those that the judge was asked about, for which the two orders preferred
 *     different answers
 * @param shownFirst mean preference when shown first
 * @param shownSecond mean preference when shown second
 * @param firstPosition mean preference for the answer shown first: one half if the position has no influence
 * @param meanLength mean number of characters of the first set's answers
 * @param meanLengthAgainst mean number of characters of the second set's answers
 */
public record JudgedWins(
        Interval rate,
        double standardError,
        long wins,
        long losses,
        long ties,
        long same,
        long inconsistent,
        double shownFirst,
        double shownSecond,
        double firstPosition,
        double meanLength,
        double meanLengthAgainst) {
    private static final double EVEN = 0.5;

    /** @param pairs at least one, all readable */
    static JudgedWins of(List<JudgedPair> pairs) {
        var n = pairs.size();
        var mean = mean(pairs, JudgedPair::preference);
        var squares = pairs.stream()
                .mapToDouble(p -> (p.preference() - mean) * (p.preference() - mean))
                .sum();
        var shownFirst = mean(pairs, p -> p.verdicts().get(0).preference().orElseThrow());
        var shownSecond = mean(pairs, p -> p.verdicts().get(1).preference().orElseThrow());
        return new JudgedWins(
                Interval.ofMean(
                        pairs.stream().mapToDouble(JudgedPair::preference).toArray()),
                n > 1 ? Math.sqrt(squares / (n - 1) / n) : 0,
                pairs.stream().filter(p -> p.preference() > EVEN).count(),
                pairs.stream().filter(p -> p.preference() < EVEN).count(),
                pairs.stream().filter(p -> p.preference() == EVEN).count(),
                pairs.stream().filter(p -> !p.asked()).count(),
                pairs.stream().filter(JudgedPair::inconsistent).count(),
                shownFirst,
                shownSecond,
                (shownFirst + 1 - shownSecond) / 2,
                mean(pairs, JudgedPair::firstLength),
                mean(pairs, JudgedPair::secondLength));
    }

    private static double mean(List<JudgedPair> pairs, ToDoubleFunction<JudgedPair> value) {
        return pairs.stream().mapToDouble(value).average().orElseThrow();
    }

    /** Number of pairs that count. */
    public long pairs() {
        return wins + losses + ties;
    }

    /** Fraction, among the pairs asked about, for which the two orders preferred different answers. */
    public double inconsistentShare() {
        return pairs() == same ? 0 : (double) inconsistent / (pairs() - same);
    }

    /** The form written to the result file. */
    Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("win_rate", rate);
        json.put("interval", "95 %, Wilson over pairs, trials by variance");
        json.put("standard_error", standardError);
        json.put("wins", wins);
        json.put("losses", losses);
        json.put("ties", ties);
        json.put("same_answers", same);
        json.put("inconsistent", inconsistent);
        json.put("inconsistent_share", inconsistentShare());
        json.put("win_rate_shown_first", shownFirst);
        json.put("win_rate_shown_second", shownSecond);
        json.put("first_position", firstPosition);
        json.put("mean_characters", meanLength);
        json.put("mean_characters_against", meanLengthAgainst);
        return json;
    }
}
