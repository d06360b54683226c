package dev.tandem.eval.judge;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What judging took.
 *
 * @param requests answered in this run; others were in the cache
 * @param tokens of this run
 * @param dollars of this run, where prices are known
 * @param stopped whether the limit of costs ended it
 */
public record JudgeCost(long requests, Usage tokens, Optional<Double> dollars, boolean stopped) {

    /** As the result's file has it. */
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
