package dev.tandem.eval.judge;

import dev.tandem.math.Interval;
import dev.tandem.math.LogisticFit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The win rate if all answers were as long as those they are compared with (Dubois et al. 2024, arXiv 2404.04475):
 * preferences are modelled by σ(θ + φ·tanh(Δ/s) + ψ·γ), with Δ the difference of lengths in characters, s its standard
 * deviation and γ the difficulty of the instruction; the rate is the mean of σ(θ + ψ·γ).
 *
 * @param rate from 0 to 1, with the 95 % interval of a bootstrap over pairs
 * @param model θ
 * @param length φ: above 0 if the judge prefers longer answers
 * @param difficulty ψ; absent if no difficulties are known
 * @param lengthDeviation s, characters
 */
public record LengthControl(
        Interval rate, double model, double length, Optional<Double> difficulty, double lengthDeviation) {
    /**
     * Weight of the fit's penalty. It is so weak that it only matters where the length alone determines all winners, so
     * that φ would be unbounded.
     */
    private static final double RIDGE = 0.01;

    private static final int RESAMPLES = 1000;
    private static final long SEED = 20240406;
    private static final double TAIL = 0.025;

    /**
     * A data point of the fit, for one pair.
     *
     * @param preference preference for the first set's answer, 0 to 1
     * @param longer number of characters by which the first set's answer is longer
     * @param difficulty γ, if known
     */
    record Point(double preference, double longer, Optional<Double> difficulty) {}

    private record Fit(double rate, double[] weights, double deviation) {}

    /**
     * The rate; empty if all lengths are equal or differ by the same number, because their influence cannot be
     * estimated then.
     */
    static Optional<LengthControl> of(List<Point> points) {
        var fit = fit(points);
        if (fit.isEmpty()) {
            return Optional.empty();
        }
        var weights = fit.get().weights();
        return Optional.of(new LengthControl(
                interval(points, fit.get().rate()),
                weights[0],
                weights[1],
                weights.length > 2 ? Optional.of(weights[2]) : Optional.empty(),
                fit.get().deviation()));
    }

    private static Optional<Fit> fit(List<Point> points) {
        var deviation = deviation(points);
        if (!(deviation > 0)) {
            return Optional.empty();
        }
        var known = points.stream().allMatch(p -> p.difficulty().isPresent());
        var rows = points.stream()
                .map(p -> known
                        ? new double[] {
                            1, Math.tanh(p.longer() / deviation), p.difficulty().orElseThrow()
                        }
                        : new double[] {1, Math.tanh(p.longer() / deviation)})
                .toArray(double[][]::new);
        var targets = points.stream().mapToDouble(Point::preference).toArray();
        var weights = LogisticFit.weights(rows, targets, RIDGE);
        var rate = Arrays.stream(rows)
                .mapToDouble(row -> LogisticFit.sigmoid(weights[0] + (known ? weights[2] * row[2] : 0)))
                .average()
                .orElseThrow();
        return Optional.of(new Fit(rate, weights, deviation));
    }

    /** Standard deviation of the differences, with n−1. */
    private static double deviation(List<Point> points) {
        var mean = points.stream().mapToDouble(Point::longer).average().orElse(0);
        var squares = points.stream()
                .mapToDouble(p -> (p.longer() - mean) * (p.longer() - mean))
                .sum();
        return Math.sqrt(squares / (points.size() - 1));
    }

    private static Interval interval(List<Point> points, double rate) {
        var random = new SplittableRandom(SEED);
        var rates = random.longs(RESAMPLES)
                .mapToObj(seed -> fit(resample(points, seed)))
                .flatMap(Optional::stream)
                .mapToDouble(Fit::rate)
                .sorted()
                .toArray();
        if (rates.length == 0) {
            return new Interval(rate, 0, 1);
        }
        var last = rates.length - 1;
        return new Interval(
                rate,
                Math.min(rate, rates[(int) Math.round(TAIL * last)]),
                Math.max(rate, rates[(int) Math.round((1 - TAIL) * last)]));
    }

    private static List<Point> resample(List<Point> points, long seed) {
        var random = new SplittableRandom(seed);
        return random.ints(points.size(), 0, points.size())
                .mapToObj(points::get)
                .toList();
    }

    /** The form written to the result file. */
    Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("win_rate", rate);
        json.put("interval", "95 %, bootstrap over pairs, " + RESAMPLES + " resamples");
        json.put("model", model);
        json.put("length", length);
        difficulty.ifPresent(d -> json.put("instruction_difficulty", d));
        json.put("length_difference_deviation", lengthDeviation);
        return json;
    }
}
