package dev.tandem.cli.score;

import dev.tandem.eval.score.ScoredRow;
import dev.tandem.objective.LogProbs;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** One line of {@code tandem score}'s output. */
final class ScoreJson {
    private ScoreJson() {}

    static String line(ScoredRow row) {
        var json = new LinkedHashMap<String, Object>();
        json.put("index", row.index());
        if (row instanceof ScoredRow.Dropped dropped) {
            json.put("dropped", dropped.reason().name().toLowerCase(Locale.ROOT));
        } else if (row instanceof ScoredRow.Scored scored) {
            if (scored.logProbs().sequences() == 1) {
                json.putAll(sequence(scored.logProbs(), 0));
            } else {
                json.put("chosen", sequence(scored.logProbs(), 0));
                json.put("rejected", sequence(scored.logProbs(), 1));
            }
        }
        return JsonMapper.shared().writeValueAsString(json);
    }

    private static Map<String, Object> sequence(LogProbs logProbs, int sequence) {
        var tokens = logProbs.length(sequence);
        var sum = logProbs.sum(sequence);
        var json = new LinkedHashMap<String, Object>();
        json.put("tokens", tokens);
        json.put("logp_sum", sum);
        json.put("logp_mean", sum / tokens);
        json.put(
                "logps",
                Arrays.copyOfRange(logProbs.values(), logProbs.offsets()[sequence], logProbs.offsets()[sequence + 1]));
        return json;
    }
}
