package dev.tandem.cli.eval;

import dev.tandem.cli.console.ConsoleTable;
import dev.tandem.eval.score.EvaluatedExample;
import dev.tandem.eval.score.LossEvaluation;
import dev.tandem.train.folder.TrainedModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** The result of {@code tandem eval loss}, for the console and as JSON. */
final class LossText {
    private LossText() {}

    static List<String> table(LossEvaluation.Result result) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("objective", "examples", "loss", "gap", "accuracy", "margin"));
        var totals = result.totals();
        totals.losses()
                .forEach((name, loss) -> rows.add(List.of(
                        name,
                        String.format(Locale.ROOT, "%,d", result.counts().getOrDefault(name, 0)),
                        number("%.4f", Optional.of(loss)),
                        totals.gaps().containsKey(name)
                                ? number(
                                        "%.4f",
                                        Optional.ofNullable(totals.gaps().get(name)))
                                : "-",
                        number(
                                "%.1f %%",
                                Optional.ofNullable(totals.statistics().get(name + "/accuracy"))
                                        .map(share -> 100 * share)),
                        number("%.4f", Optional.ofNullable(totals.statistics().get(name + "/margin"))))));
        var lines = new ArrayList<>(ConsoleTable.lines(rows));
        totals.idealDistance()
                .ifPresent(distance -> lines.add(String.format(Locale.ROOT, "ideal distance %.4f", distance)));
        return lines;
    }

    private static String number(String format, Optional<Double> value) {
        return value.map(v -> String.format(Locale.ROOT, format, v)).orElse("");
    }

    static Map<String, Object> json(TrainedModel model, LossEvaluation.Result result) {
        var totals = result.totals();
        var json = new LinkedHashMap<String, Object>();
        json.put("model", model.model().toString());
        model.adapter().ifPresent(adapter -> json.put("adapter", adapter.toString()));
        json.put("examples", result.counts());
        json.put("losses", totals.losses());
        json.put("gaps", totals.gaps());
        totals.idealDistance().ifPresent(distance -> json.put("ideal_distance", distance));
        json.put("statistics", new TreeMap<>(totals.statistics()));
        json.put("seconds", totals.seconds());
        return json;
    }

    /** One example as a line of JSON. */
    static String line(EvaluatedExample example) {
        var json = new LinkedHashMap<String, Object>();
        json.put("objective", example.objective());
        json.put("row", example.where());
        json.put("loss", example.loss());
        var sequences = example.sequences();
        if (sequences.size() == 1) {
            json.putAll(sequence(sequences.get(0)));
        } else {
            json.put("chosen", sequence(sequences.get(0)));
            json.put("rejected", sequence(sequences.get(1)));
        }
        json.putAll(new TreeMap<>(example.statistics()));
        return JsonMapper.shared().writeValueAsString(json);
    }

    private static Map<String, Object> sequence(EvaluatedExample.Sequence sequence) {
        var json = new LinkedHashMap<String, Object>();
        json.put("tokens", sequence.tokens());
        json.put("logp_sum", sequence.logProb());
        sequence.referenceLogProb().ifPresent(logProb -> json.put("reference_logp_sum", logProb));
        return json;
    }
}
