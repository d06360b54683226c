package dev.tandem.eval.judge;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a judge says of a pair, seen in one order.
 *
 * @param order which answer it saw first
 * @param preference how much it likes the first set's answer better, 0 to 1; empty: it cannot be read
 * @param source what the preference was read from
 * @param mass probability of both words together, 1 where there are no probabilities
 * @param reply what it said
 */
public record Verdict(Order order, OptionalDouble preference, Source source, double mass, String reply) {
    /** Orders in which two answers can be seen. */
    public enum Order {
        /** The first set's answer, then the second's. */
        FIRST_FIRST,
        /** The second set's answer, then the first's. */
        SECOND_FIRST;

        /** From the answer seen first to the first set's, and back. */
        double turn(double preference) {
            return this == FIRST_FIRST ? preference : 1 - preference;
        }
    }

    /** Where a preference is read. */
    public enum Source {
        /** Probabilities of the first token. */
        LOG_PROBS,
        /** The word said. */
        TEXT,
        /** The answers are the same, and nobody was asked. */
        SAME_ANSWER
    }

    /** As the file of verdicts has it. */
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
