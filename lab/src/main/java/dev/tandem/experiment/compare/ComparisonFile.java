package dev.tandem.experiment.compare;

import dev.tandem.UserException;
import dev.tandem.bench.Machine;
import dev.tandem.io.AtomicFiles;
import dev.tandem.io.InputFiles;
import dev.tandem.recipe.ComparisonRecipe;
import dev.tandem.recipe.RecipeChanges;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.recipe.Registry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code comparison.json}: what is planned, what it will cost, and the machine it is done on. */
final class ComparisonFile {
    private static final int VERSION = 1;
    private static final int MAX_BYTES = 10_000_000;

    private ComparisonFile() {}

    static void write(Path file, ComparisonRecipe recipe, ComparisonPlan plan, Calibration calibration) {
        var json = new LinkedHashMap<String, Object>();
        json.put("version", VERSION);
        json.put("recipe", RecipeReader.write(recipe.base()));
        json.put("environment", environment());
        json.put("calibration", calibration);
        json.put("runs", plan.runs().stream().map(ComparisonRun::name).toList());
        AtomicFiles.write(
                file, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
    }

    /** The calibration of the same recipe, if it was measured; a file that cannot be read counts as absent. */
    static Optional<Calibration> calibration(Path file, ComparisonRecipe recipe, Registry registry) {
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            var json = JsonMapper.shared().readTree(InputFiles.text(file, MAX_BYTES));
            // read, not compared as text: an earlier version wrote fewer keys
            var measured = RecipeReader.parse(json.path("recipe").asString(""), List.of(), registry);
            if (!RecipeChanges.between(measured, recipe.base()).all().isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(calibration(json.path("calibration")))
                    .filter(c -> c.stepSeconds()
                            .keySet()
                            .equals(recipe.base().objectives().keySet()));
        } catch (UserException | JacksonException e) {
            return Optional.empty();
        }
    }

    private static Calibration calibration(JsonNode json) {
        var steps = new LinkedHashMap<String, Double>();
        json.path("stepSeconds")
                .properties()
                .forEach(e -> steps.put(e.getKey(), e.getValue().asDouble(0)));
        return new Calibration(
                steps,
                json.path("evaluationSeconds").asDouble(0),
                json.path("startSeconds").asDouble(0));
    }

    /** The properties of the machine that a reader needs to repeat the comparison. */
    static Map<String, String> environment() {
        var machine = Machine.here(Runtime.getRuntime().availableProcessors());
        var result = new LinkedHashMap<String, String>();
        result.put("cpu", machine.cpu());
        result.put("cores", String.valueOf(machine.cores()));
        result.put("instructions", String.join(" ", machine.instructions()));
        result.put("system", machine.system());
        result.put("jvm", machine.jvm());
        result.put("libtorch bindings", machine.bindings());
        return result;
    }
}
