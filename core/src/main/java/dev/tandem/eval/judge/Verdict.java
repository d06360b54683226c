package dev.tandem.eval.judge;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A judge's verdict on a pair, shown in one order.
 *
 * @param order which answer was shown first
 * @param preference how strongly it prefers the first set's answer, 0 to 1; empty if it cannot be read
 * @param source what the preference was read from
 * @param mass total probability of both words, 1 if there are no probabilities
 * @param reply the judge's reply
 */
public record Verdict(Order order, OptionalDouble preference, Source source, double mass, String reply) {
    /** Orders in which two answers can be shown. */
    public enum Order {
        /** The first set's answer, then the second's. */
        FIRST_FIRST,
        /** The second set's answer, then the first's. */
        SECOND_FIRST;

        /** Converts a preference for the answer shown first to one for the first set's, and back. */
        double turn(double preference) {
            return this == FIRST_FIRST ? preference : 1 - preference;
        }
    }

    /** The source of a preference. */
    public enum Source {
        /** Probabilities of the first token. */
        LOG_PROBS,
        /** The word in the reply. */
        TEXT,
        /** The answers are the same, and the judge was not asked. */
        SAME_ANSWER
    }

    /** The form written to the file of verdicts. */
    Map<String, Object> json() {
        var json = new java.util.LinkedHashMap<String, Object>();
        json.put("order", order.name().toLowerCase(Locale.ROOT));
        preference.ifPresent(p -> json.put("preference", p));
        json.put("source", source.name().toLowerCase(Locale.ROOT));
        json.put("mass", mass);
        json.put("reply", reply);
        return json;
    }
}
