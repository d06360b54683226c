package dev.tandem.cli.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Reduces curves to few points with the same appearance: means of equal shares, with the first and last point
 * unchanged.
 */
final class Downsampling {
    /** The most points of a curve: about as many as a chart on a phone has pixels across. */
    static final int MAX_POINTS = 400;

    private Downsampling() {}

    /** @param rows points of the same number of coordinates; NaN marks unknown values, which means leave out */
    static List<double[]> thin(List<double[]> rows) {
        if (rows.size() <= MAX_POINTS) {
            return rows;
        }
        var inner = rows.subList(1, rows.size() - 1);
        var buckets = MAX_POINTS - 2;
        var result = new ArrayList<double[]>(MAX_POINTS);
        result.add(rows.get(0));
        for (var i = 0; i < buckets; i++) {
            var from = (int) ((long) i * inner.size() / buckets);
            var to = (int) ((long) (i + 1) * inner.size() / buckets);
            result.add(mean(inner.subList(from, to)));
        }
        result.add(rows.get(rows.size() - 1));
        return result;
    }

    private static double[] mean(List<double[]> rows) {
        var width = rows.get(0).length;
        var result = new double[width];
        for (var column = 0; column < width; column++) {
            var at = column;
            result[column] = rows.stream()
                    .mapToDouble(row -> row[at])
                    .filter(Double::isFinite)
                    .average()
                    .orElse(Double.NaN);
        }
        return result;
    }

    /**
     * Smooths the last coordinate by an exponential mean over about a fiftieth of the curve: a single batch's loss says
     * more about the batch than about the model.
     */
    static List<double[]> smooth(List<double[]> rows) {
        var keep = 1 - 1 / Math.max(5.0, rows.size() / 50.0);
        var result = new ArrayList<double[]>(rows.size());
        var sum = 0.0;
        var weight = 0.0;
        for (var row : rows) {
            var last = row.length - 1;
            if (Double.isFinite(row[last])) {
                sum = keep * sum + row[last];
                weight = keep * weight + 1;
            }
            var smoothed = row.clone();
            smoothed[last] = weight > 0 ? sum / weight : Double.NaN;
            result.add(smoothed);
        }
        return result;
    }
}
