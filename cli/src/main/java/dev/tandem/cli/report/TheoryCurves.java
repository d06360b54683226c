package dev.tandem.cli.report;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What {@code theory.json} says of a method: how far from its best it is after a number of steps.
 *
 * @param steps numbers of steps, rising
 * @param gap mean gap after each, NaN where it is not known
 * @param slope exponent of the power law fitted to the gap
 */
record TheoryCurves(String method, double[] steps, double[] gap, double slope) {

    /** The methods' curves, if the folder has any. */
    static List<TheoryCurves> read(Path folder) {
        Optional<JsonNode> theory = Json.readOptional(folder.resolve("theory.json"));
        return theory.stream()
                .flatMap(json -> json.path("methods").values().stream()
                        .map(method -> new TheoryCurves(
                                method.path("method").asString(""),
                                numbers(json.path("grid")),
                                numbers(method.path("mix_gap").path("mean")),
                                Json.number(method, "slope"))))
                .toList();
    }

    private static double[] numbers(JsonNode array) {
        return array.values().stream()
                .mapToDouble(node -> node.asDouble(Double.NaN))
                .toArray();
    }
}
