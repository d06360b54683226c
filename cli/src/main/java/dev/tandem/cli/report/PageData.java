package dev.tandem.cli.report;

import dev.tandem.text.ShellWord;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the page's script reads: plain maps, lists, numbers and strings. */
final class PageData {
    /** Digits that are kept of a curve's numbers: finer than any screen shows. */
    private static final MathContext DIGITS = new MathContext(5);

    private final Path folder;
    private final Results results;

    PageData(Path folder, Results results) {
        this.folder = folder;
        this.results = results;
    }

    Map<String, Object> of(Map<String, RunSeries> curves) {
        var page = new LinkedHashMap<String, Object>();
        page.put("title", results.title());
        Headline.of(results).ifPresent(finding -> page.put("finding", finding));
        page.put("folder", String.valueOf(folder.toAbsolutePath().normalize().getFileName()));
        page.put("commands", commands());
        page.put("results", results.json());
        page.put("looks", looks());
        results.middleLambda().ifPresent(lambda -> page.put("lambda", lambda));
        var runs = new LinkedHashMap<String, Object>();
        results.runs().forEach(run -> runs.put(run.name(), run(run, curves.getOrDefault(run.name(), RunSeries.NONE))));
        page.put("runs", runs);
        data(curves).ifPresent(data -> page.put("data", data));
        Json.readOptional(folder.resolve("theory.json")).ifPresent(theory -> page.put("theory", theory));
        page.put(
                "skipped", curves.values().stream().mapToInt(RunSeries::skipped).sum());
        return page;
    }

    /** Commands that repeat the page's numbers, to be copied into a shell; each with a remark, which may be empty. */
    private List<Map<String, String>> commands() {
        var result = new ArrayList<Map<String, String>>();
        var comparison = folder.resolve("comparison.yaml");
        result.add(
                command("tandem compare " + ShellWord.quoted(comparison.toString()), "continues if runs are missing"));
        results.runs().stream()
                .filter(run -> Files.isRegularFile(folder.resolve(run.folder()).resolve("recipe.yaml")))
                .findFirst()
                .ifPresent(run -> {
                    var recipe = folder.resolve(run.folder()).resolve("recipe.yaml");
                    var output = folder.resolveSibling(folder.getFileName() + "-again")
                            .resolve(run.name());
                    result.add(command(
                            "tandem train " + ShellWord.quoted(recipe.toString()) + " --set "
                                    + ShellWord.quoted("output=" + output),
                            "one run again, into another folder"));
                });
        result.add(command("tandem report " + ShellWord.quoted(folder.toString()), "this page"));
        return result;
    }

    private static Map<String, String> command(String text, String remark) {
        return Map.of("command", text, "remark", remark);
    }

    private Map<String, Object> looks() {
        var looks = new LinkedHashMap<String, Object>();
        results.methods().forEach(method -> {
            var look = MethodStyle.of(method, results);
            looks.put(
                    method,
                    Map.of(
                            "label", look.label(),
                            "index", look.index(),
                            "colour", look.colour(),
                            "compared", MethodStyle.isMethod(method)));
        });
        return looks;
    }

    private Map<String, Object> run(Results.Run run, RunSeries curves) {
        var place = folder.resolve(run.folder());
        var page = new LinkedHashMap<String, Object>();
        page.put("evaluations", rows(curves.evaluations()));
        page.put(
                "training",
                curves.training().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> rows(entry.getValue()))));
        page.put("choices", rows(curves.choices()));
        Json.text(place.resolve("recipe.yaml")).ifPresent(recipe -> page.put("recipe", recipe));
        Json.readOptional(place.resolve("samples.json")).ifPresent(samples -> page.put("samples", samples));
        Json.readOptional(place.resolve("summary.json")).ifPresent(summary -> page.put("summary", summary));
        return page;
    }

    /** The data of a run that has both objectives; all such runs have the same. */
    private Optional<Object> data(Map<String, RunSeries> curves) {
        return curves.values().stream()
                .flatMap(run -> run.data().stream())
                .filter(data -> results.objectives().stream().allMatch(data::has))
                .findFirst()
                .map(data -> data);
    }

    private static List<List<@Nullable Double>> rows(List<double[]> rows) {
        return rows.stream()
                .map(row -> java.util.Arrays.stream(row)
                        .mapToObj(PageData::rounded)
                        .collect(Collectors.<@Nullable Double>toList()))
                .toList();
    }

    /** JSON has no NaN. */
    private static @Nullable Double rounded(double value) {
        return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : null;
    }
}
