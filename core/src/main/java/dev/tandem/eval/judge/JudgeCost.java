package dev.tandem.eval.judge;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The cost of judging.
 *
 * @param requests number of requests answered in this run; others were in the cache
 * @param tokens tokens of this run
 * @param dollars dollars spent in this run, if prices are known
 * @param stopped whether the cost limit ended it
 */
public record JudgeCost(long requests, Usage tokens, Optional<Double> dollars, boolean stopped) {

    /** The form written to the result file. */
    Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("requests", requests);
        json.put("tokens_in", tokens.in());
        json.put("tokens_out", tokens.out());
        dollars.ifPresent(d -> json.put("dollars", d));
        json.put("stopped_by_limit", stopped);
        return json;
    }
}
