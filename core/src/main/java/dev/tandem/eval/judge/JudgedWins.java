package dev.tandem.eval.judge;

import dev.tandem.eval.Interval;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How often the first set's answers are liked better. Shares are from 0 to 1.
 *
 * @param rate mean preference, with its 95 % interval over pairs: {@link Interval#ofMean}
 * @param standardError of the rate: deviation of the preferences / √pairs
 * @param wins pairs of a preference above one half
 * @param losses below
 * @param ties exactly one half
 * @param same of the ties, those whose answers are the same
 * @param inconsistent of the pairs that the judge was asked about, those where each order liked another answer better
 * @param shownFirst mean preference if shown first
 * @param shownSecond mean preference if shown second
 * @param firstPosition mean preference for whatever is shown first: one half if the position has no say
 * @param meanLength characters of the first set's answers
 * @param meanLengthAgainst characters of the second set's answers
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

    /** Pairs that count. */
    public long pairs() {
        return wins + losses + ties;
    }

    /** Share of the pairs asked about where each order liked another answer better. */
    public double inconsistentShare() {
        return pairs() == same ? 0 : (double) inconsistent / (pairs() - same);
    }

    /** As the result's file has it. */
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
