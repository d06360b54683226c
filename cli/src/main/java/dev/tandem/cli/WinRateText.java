package dev.tandem.cli;

import dev.tandem.eval.AnswerScoring.By;
import dev.tandem.eval.WinRate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/** What {@code tandem eval reward} found, for the console, and pair by pair as JSON. */
final class WinRateText {
    private WinRateText() {}

    static List<String> table(WinRate result, String answers, String against, By by) {
        var what = by == By.REWARD ? "reward" : by == By.LOG_PROB ? "log-prob" : "log-prob per token";
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("", "wins", "mean " + what, "mean tokens"));
        rows.add(row(answers, result.wins(), result, 0));
        rows.add(row(against, result.losses(), result, 1));
        var lines = new ArrayList<>(ConsoleTable.lines(rows));
        var rate = ConsoleTable.percentCells(result.rate());
        lines.add(String.format(
                Locale.ROOT,
                "win rate %s (95 %% interval %s), %,d pairs, %,d ties counting half",
                rate.get(0),
                rate.get(1),
                result.pairs().size(),
                result.ties()));
        var margin = result.margin();
        lines.add(String.format(
                Locale.ROOT,
                "mean margin %.4f (95 %% interval %.4f to %.4f)",
                margin.value(),
                margin.low(),
                margin.high()));
        if (result.leftOut() > 0) {
            lines.add(String.format(
                    Locale.ROOT, "%,d pairs were left out: they do not fit into --max-length.", result.leftOut()));
        }
        return lines;
    }

    private static List<String> row(String name, long wins, WinRate result, int side) {
        return List.of(
                name,
                String.format(Locale.ROOT, "%,d", wins),
                String.format(Locale.ROOT, "%.4f", result.meanScores().get(side)),
                String.format(Locale.ROOT, "%.1f", result.meanTokens().get(side)));
    }

    /** One pair as a line of JSON. */
    static String line(WinRate.Compared pair) {
        var json = new LinkedHashMap<String, Object>();
        json.put("answer", pair.firstWhere());
        json.put("against", pair.secondWhere());
        json.put("prompt", pair.prompt());
        json.put("scores", List.of(pair.first().value(), pair.second().value()));
        json.put("tokens", List.of(pair.first().tokens(), pair.second().tokens()));
        json.put("margin", pair.margin());
        return JsonMapper.shared().writeValueAsString(json);
    }
}
