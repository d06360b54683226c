package dev.tandem.cli.data;

import dev.tandem.data.check.DataCheck;
import dev.tandem.data.check.ExamplePreview;
import dev.tandem.data.check.FileFindings;
import dev.tandem.data.check.Lengths;
import dev.tandem.data.check.LongerSide;
import dev.tandem.data.check.RowSample;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** A data check as JSON. */
final class DataCheckJson {
    private DataCheckJson() {}

    static String of(DataCheck check) {
        var json = new LinkedHashMap<String, Object>();
        json.put("stops_a_run", check.stopsARun());
        json.put("errors", check.errors());
        json.put("files", check.files().stream().map(DataCheckJson::file).toList());
        return JsonMapper.shared().writeValueAsString(json);
    }

    private static Map<String, Object> file(FileFindings file) {
        var json = new LinkedHashMap<String, Object>();
        json.put("path", file.path().toString());
        json.put("objective", file.objective());
        json.put("evaluation", file.evaluation());
        file.format().ifPresent(format -> json.put("format", format.name()));
        json.put("rows", file.rows());
        file.kept().ifPresent(kept -> json.put("kept", kept));
        json.put("columns", file.columns());
        json.put("unused_columns", file.unread());
        file.lengths().ifPresent(lengths -> json.put("tokens", tokens(lengths, file.trainedTokens())));
        if (file.turns().trained() > 0) {
            var turns = new LinkedHashMap<String, Object>();
            turns.put("trained", file.turns().trained());
            turns.put("rewritten", file.turns().rewritten());
            json.put("assistant_turns", turns);
        }
        json.put("dropped", found(file.dropped()));
        json.put("notes", found(file.notes()));
        json.put("suspicions", found(file.suspicions()));
        file.longerSide().ifPresent(side -> json.put("longer_side", longer(side)));
        var again = file.repetitions();
        json.put("repeated", found(again.within()));
        if (file.evaluation()) {
            json.put("is_training_file", again.trainingFile());
            json.put("trained", found(again.trained()));
        }
        json.put("shared_prompts", found(again.prompts()));
        json.put("comparison_complete", again.complete());
        json.put("errors", file.errors());
        json.put(
                "examples", file.examples().stream().map(DataCheckJson::example).toList());
        return json;
    }

    private static Map<String, Object> tokens(Lengths lengths, long trained) {
        var json = new LinkedHashMap<String, Object>();
        json.put("sequences", lengths.sequences());
        json.put("total", lengths.tokens());
        json.put("trained", trained);
        json.put("median", lengths.median());
        json.put("most_95", lengths.most95());
        json.put("longest", lengths.longest());
        json.put("histogram", lengths.histogram());
        return json;
    }

    private static Map<String, Object> found(Map<? extends Enum<?>, RowSample> all) {
        var json = new LinkedHashMap<String, Object>();
        all.forEach((key, found) -> json.put(key.name().toLowerCase(Locale.ROOT), found(found)));
        return json;
    }

    private static Map<String, Object> found(RowSample found) {
        return Map.of("count", found.count(), "first", found.first());
    }

    private static Map<String, Object> longer(LongerSide side) {
        var json = new LinkedHashMap<String, Object>();
        json.put("pairs", side.pairs());
        json.put("chosen", side.chosen());
        json.put("rejected", side.rejected());
        json.put("suspicious", side.suspicious());
        return json;
    }

    private static Map<String, Object> example(ExamplePreview example) {
        var json = new LinkedHashMap<String, Object>();
        json.put("where", example.where());
        json.put("sequences", List.copyOf(example.sequences()));
        return json;
    }
}
