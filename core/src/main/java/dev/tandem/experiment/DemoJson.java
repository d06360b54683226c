package dev.tandem.experiment;

import java.util.LinkedHashMap;
import tools.jackson.databind.json.JsonMapper;

/** The demo's result as JSON, for whoever wants to draw or compare it elsewhere. */
final class DemoJson {
    private DemoJson() {}

    static String of(DemoResult result) {
        var json = new LinkedHashMap<String, Object>();
        json.put("optima", java.util.Map.of("sft", result.sftOptimum(), "preference", result.preferenceOptimum()));
        json.put("runs", result.outcomes());
        json.put("answers", result.answers());
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
    }
}
