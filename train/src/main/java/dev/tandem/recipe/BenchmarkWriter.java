package dev.tandem.recipe;

import dev.tandem.text.KebabCase;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Writes entries of {@code compare.benchmarks}, every default spelt out. */
final class BenchmarkWriter {
    private BenchmarkWriter() {}

    static Map<String, Object> map(BenchmarkRecipe benchmark) {
        if (benchmark instanceof BenchmarkRecipe.MultipleChoice choice) {
            return multipleChoice(choice);
        }
        return winRate((BenchmarkRecipe.WinRate) benchmark);
    }

    private static Map<String, Object> multipleChoice(BenchmarkRecipe.MultipleChoice choice) {
        var map = new LinkedHashMap<String, Object>();
        map.put("kind", "multiple-choice");
        map.put("data", choice.data().toString());
        choice.dev().ifPresent(dev -> map.put("dev", dev.toString()));
        map.put("shots", choice.shots());
        map.put("score", KebabCase.of(choice.score()));
        return map;
    }

    private static Map<String, Object> winRate(BenchmarkRecipe.WinRate rate) {
        var map = new LinkedHashMap<String, Object>();
        map.put("kind", "win-rate");
        map.put("prompts", rate.prompts().toString());
        map.put("against", rate.against().map(Path::toString).orElse("reference"));
        map.put("by", KebabCase.of(rate.by()));
        rate.model().ifPresent(model -> map.put("model", model.toString()));
        rate.adapter().ifPresent(adapter -> map.put("adapter", adapter.toString()));
        rate.judge().ifPresent(judge -> map.put("judge", judge(judge)));
        rate.format().ifPresent(format -> map.put("format", format.name()));
        rate.template().ifPresent(template -> map.put("template", template));
        if (!rate.columns().isEmpty()) {
            map.put("columns", new TreeMap<>(rate.columns()));
        }
        map.put("max-length", rate.maxLength());
        var generation = rate.generation();
        map.put("max-new-tokens", generation.maxNewTokens());
        map.put("temperature", generation.temperature());
        map.put("top-k", generation.topK());
        map.put("top-p", generation.topP());
        map.put("min-p", generation.minP());
        map.put("repetition-penalty", generation.repetitionPenalty());
        if (!generation.stop().isEmpty()) {
            map.put("stop", generation.stop());
        }
        map.put("seed", generation.seed());
        map.put("batch-size", generation.batchSize());
        return map;
    }

    private static Map<String, Object> judge(BenchmarkRecipe.Judge judge) {
        var map = new LinkedHashMap<String, Object>();
        map.put("model", judge.model());
        judge.url().ifPresent(url -> map.put("url", url));
        judge.keyVariable().ifPresent(name -> map.put("key-env", name));
        judge.prompt().ifPresent(prompt -> map.put("prompt", prompt.toString()));
        map.put("weighted", judge.weighted());
        map.put("parallel", judge.parallel());
        judge.requestsPerMinute().ifPresent(n -> map.put("requests-per-minute", n));
        judge.priceIn().ifPresent(price -> map.put("price-in", price));
        judge.priceOut().ifPresent(price -> map.put("price-out", price));
        judge.maxCost().ifPresent(cost -> map.put("max-cost", cost));
        return map;
    }
}
