package dev.tandem.cli.report;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * The curve of a method in {@code theory.json}: the gap that theory bounds for it after a number of steps.
 *
 * @param points the points that a logarithmic chart can show
 * @param slope exponent of the power law fitted to the gap; NaN if none was
 */
record TheoryCurves(String method, List<Point> points, double slope) {

    /** The mean gap after a number of steps. */
    record Point(double steps, double gap) {
        private boolean isPositive() {
            return steps > 0 && gap > 0;
        }
    }

    /** The methods' curves, if the folder has any. */
    static List<TheoryCurves> read(Path folder) {
        return Json.readOptional(folder.resolve("theory.json")).stream()
                .flatMap(json -> json.path("methods").values().stream().map(method -> curve(json.path("grid"), method)))
                .filter(curve -> !curve.points().isEmpty())
                .toList();
    }

    private static TheoryCurves curve(JsonNode grid, JsonNode method) {
        var means = method.path(method.path("bounded").asString("mix") + "_gap").path("mean");
        var points = IntStream.range(0, Math.min(grid.size(), means.size()))
                .mapToObj(i -> new Point(
                        grid.path(i).asDouble(Double.NaN), means.path(i).asDouble(Double.NaN)))
                .filter(Point::isPositive)
                .toList();
        return new TheoryCurves(method.path("method").asString(""), points, Json.number(method, "slope"));
    }
}
