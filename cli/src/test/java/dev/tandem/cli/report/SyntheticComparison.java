package dev.tandem.cli.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import tools.jackson.databind.json.JsonMapper;

/** A folder as {@code tandem compare} writes it: five methods, λ of 0.25, 0.5 and 0.75, seeds 42 and 43, 600 steps. */
final class SyntheticComparison {
    static final List<String> METHODS =
            List.of("sequential-sft-first", "sequential-preference-first", "mix", "alright", "maxright");
    static final List<String> PROMPTS =
            List.of("What is the capital of Velmora?", "Sort these words:\nfast, song, box.", "How do I paint a gate?");
    static final Map<String, Double> OPTIMA = Map.of("sft", 1.49, "preference", 0.06);
    private static final int STEPS = 600;
    private static final List<Double> LAMBDAS = List.of(0.25, 0.5, 0.75);

    private final Path folder;
    private final SplittableRandom random = new SplittableRandom(7);
    private final List<Object> runs = new ArrayList<>();
    private final List<Object> groups = new ArrayList<>();

    private SyntheticComparison(Path folder) {
        this.folder = folder;
    }

    /** Writes it with all optional parts. */
    static void write(Path folder) {
        new SyntheticComparison(folder).all();
    }

    private void all() {
        var fronts = new ArrayList<>();
        for (var method : METHODS) {
            var front = new ArrayList<>();
            for (var lambda : LAMBDAS) {
                var values = group(method, lambda);
                front.add(Map.of("lambda", lambda, "sft", values.get("sft"), "preference", values.get("preference")));
            }
            fronts.add(Map.of("method", method, "front", front, "hypervolume", 0.1 + 0.07 * METHODS.indexOf(method)));
        }
        runs.add(run("reference", "reference", Map.of("sft", 1.9, "preference", 0.693)));
        runs.add(run("optimum-sft", "optimum-sft", Map.of("sft", 1.49, "preference", 0.72)));
        var results = new LinkedHashMap<String, Object>();
        results.put("version", 1);
        results.put("title", "A small model on instructions and preferences");
        results.put("objectives", List.of("sft", "preference"));
        results.put("optima", OPTIMA);
        results.put("reference", "base");
        results.put("baseline", "sequential (sft, preference)");
        results.put("steps", STEPS);
        results.put("hypervolume_reference", Map.of("sft", 2.1, "preference", 0.75));
        results.put("environment", Map.of("machine", "16 cores, 64 GiB", "tandem", "0.1.0", "jvm", "17.0.9"));
        results.put("runs", runs);
        results.put("groups", groups);
        results.put("methods", fronts);
        results.put(
                "dominance",
                List.of(Map.of(
                        "dominates", Map.of("method", "maxright", "lambda", 0.5),
                        "dominated", Map.of("method", "sequential-sft-first", "lambda", 0.5))));
        results.put("benchmarks", benchmarks());
        json(folder.resolve("results.json"), results);
        json(folder.resolve("theory.json"), theory());
    }

    private static Map<String, Object> benchmarks() {
        var rows = new ArrayList<>();
        rows.add(Map.of("method", "base", "seeds", 1, "values", Map.of("mmlu", reached(0.25))));
        rows.add(Map.of("method", "reference", "seeds", 1, "values", Map.of("mmlu", reached(0.26))));
        for (var method : METHODS) {
            for (var lambda : LAMBDAS) {
                var mmlu = reached(0.3 + 0.01 * METHODS.indexOf(method) + 0.01 * lambda);
                var values = method.equals("mix") ? Map.of("mmlu", mmlu) : Map.of("mmlu", mmlu, "wins", reached(0.6));
                rows.add(Map.of("method", method, "lambda", lambda, "seeds", 2, "values", values));
            }
        }
        var settings = Map.of("mmlu", Map.of("kind", "multiple-choice"), "wins", Map.of("kind", "win-rate"));
        return Map.of("settings", settings, "rows", rows);
    }

    private static Map<String, Double> reached(double value) {
        return Map.of("value", value, "low", value - 0.04, "high", value + 0.05, "deviation", 0.02);
    }

    private Map<String, Double> group(String method, double lambda) {
        var end = end(method, lambda);
        for (var seed = 42; seed <= 43; seed++) {
            var name = method + "-" + lambda + "-seed" + seed;
            var run = run(name, method, Map.of("sft", end[0], "preference", end[1]));
            run.put("lambda", lambda);
            run.put("seed", seed);
            run.put("on_front", method.equals("maxright"));
            runs.add(run);
            metrics(name, method, lambda, end);
        }
        var sftGap = end[0] - 1.49;
        var preferenceGap = end[1] - 0.06;
        var values = new LinkedHashMap<String, Double>();
        values.put("sft", end[0]);
        values.put("preference", end[1]);
        values.put("sft_gap", sftGap);
        values.put("preference_gap", preferenceGap);
        values.put("ideal_distance", Math.hypot(sftGap, preferenceGap));
        values.put("accuracy", 0.6 + 0.05 * METHODS.indexOf(method));
        values.put("seconds", 40.0 + METHODS.indexOf(method));
        values.put("time_increase", method.equals("mix") ? 0.81 : 0.02);
        values.put("peak_memory_bytes", (method.equals("mix") ? 3.1 : 2.2) * (1 << 30));
        var spread = new LinkedHashMap<String, Object>();
        values.forEach((measure, mean) -> spread.put(measure, Map.of("mean", mean, "deviation", 0.03 * mean)));
        groups.add(Map.of("method", method, "lambda", lambda, "seeds", 2, "values", spread));
        return values;
    }

    private static double[] end(String method, double lambda) {
        return switch (METHODS.indexOf(method)) {
            case 0 -> new double[] {1.8 + 0.2 * lambda, 0.12 + 0.2 * (1 - lambda)};
            case 1 -> new double[] {1.55 + 0.1 * lambda, 0.45 + 0.2 * (1 - lambda)};
            case 2 -> new double[] {1.58 + 0.1 * lambda, 0.15 + 0.2 * (1 - lambda)};
            case 3 -> new double[] {1.6 + 0.1 * lambda, 0.16 + 0.2 * (1 - lambda)};
            default -> new double[] {1.56 + 0.08 * lambda, 0.1 + 0.2 * (1 - lambda)};
        };
    }

    private Map<String, Object> run(String name, String method, Map<String, Double> losses) {
        var gaps = new LinkedHashMap<String, Double>();
        losses.forEach((objective, loss) -> gaps.put(objective, loss - OPTIMA.get(objective)));
        var run = new LinkedHashMap<String, Object>();
        run.put("name", name);
        run.put("method", method);
        run.put("losses", losses);
        run.put("gaps", gaps);
        run.put("ideal_distance", Math.hypot(gaps.get("sft"), gaps.get("preference")));
        run.put("seconds", 40.5);
        run.put("steps", STEPS);
        run.put("folder", "runs/" + name);
        text("runs/" + name + "/recipe.yaml", "model: base\nmethod: {name: " + method + "}\ntrain: {steps: 600}\n");
        json(
                folder.resolve("runs/" + name + "/samples.json"),
                PROMPTS.stream()
                        .map(prompt -> Map.of("prompt", prompt, "answer", method + " on " + prompt.charAt(0)))
                        .toList());
        return run;
    }

    private void metrics(String name, String method, double lambda, double[] end) {
        var lines = new ArrayList<Map<String, Object>>();
        lines.add(dataLine());
        for (var step = 0; step <= STEPS; step++) {
            if (step % 30 == 0) {
                lines.add(evaluation(step, at(method, step, end)));
            }
            if (step < STEPS) {
                lines.add(step(step, method, lambda, at(method, step, end)));
            }
        }
        text(
                "runs/" + name + "/metrics.jsonl",
                String.join(
                                "\n",
                                lines.stream()
                                        .map(JsonMapper.shared()::writeValueAsString)
                                        .toList())
                        + "\n");
    }

    /** Straight paths for the joint methods; sequential ones turn at half the steps. */
    private double[] at(String method, int step, double[] end) {
        var done = (double) step / STEPS;
        var x = closing(method.equals("sequential-preference-first") ? 2 * done - 1 : 2 * done);
        var y = closing(method.equals("sequential-sft-first") ? 2 * done - 1 : 2 * done);
        return new double[] {1.9 + x * (end[0] - 1.9), 0.693 + y * (end[1] - 0.693)};
    }

    private static double closing(double share) {
        return 1 - Math.exp(-2.5 * Math.max(0, share));
    }

    private Map<String, Object> evaluation(int step, double[] losses) {
        return Map.of("type", "evaluation", "step", step, "losses", Map.of("sft", losses[0], "preference", losses[1]));
    }

    private Map<String, Object> step(int step, String method, double lambda, double[] at) {
        var objective = random.nextDouble() < lambda ? "preference" : "sft";
        var loss = at[objective.equals("sft") ? 0 : 1] + 0.2 * (random.nextDouble() - 0.5);
        var line = new LinkedHashMap<String, Object>();
        line.put("type", "step");
        line.put("step", step);
        line.put("objective", objective);
        line.put("losses", Map.of(objective, loss));
        line.put("seconds", 0.05 + 0.02 * random.nextDouble());
        if (method.equals("maxright")) {
            line.put(
                    "notes",
                    Map.of(
                            "gap/sft", (1 - lambda) * (at[0] - 1.49) + 0.02 * random.nextDouble(),
                            "gap/preference", lambda * (at[1] - 0.06) + 0.02 * random.nextDouble()));
        }
        return line;
    }

    private static Map<String, Object> dataLine() {
        var file = new LinkedHashMap<String, Object>();
        file.put("path", "data/train.jsonl");
        file.put("rows", 2000);
        file.put("kept", 1990);
        file.put("dropped", Map.of("prompt_too_long", 10));
        file.put("notes", Map.of("response_cut", 25));
        var objective =
                Map.of("training", 1990, "evaluation", 200, "tokens", 41540, "longest", 128, "files", List.of(file));
        return Map.of("type", "data", "sft", objective, "preference", objective);
    }

    private static Map<String, Object> theory() {
        var methods = new ArrayList<>();
        for (var method : List.of("alright", "maxright")) {
            methods.add(Map.of(
                    "method",
                    method,
                    "mix_gap",
                    Map.of("mean", List.of(0.2, 0.1, 0.05, 0.025), "deviation", List.of(0, 0, 0, 0)),
                    "slope",
                    -0.5,
                    "slope_low",
                    -0.52,
                    "slope_high",
                    -0.48,
                    "verdict",
                    "as proved"));
        }
        return Map.of("lambda", 0.5, "grid", List.of(100, 400, 1600, 6400), "methods", methods);
    }

    private static void json(Path file, Object value) {
        write(file, JsonMapper.shared().writeValueAsString(value));
    }

    private void text(String place, String text) {
        write(folder.resolve(place), text);
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
