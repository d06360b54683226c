package dev.tandem.cli.board;

import dev.tandem.train.track.MetricNames;
import dev.tandem.train.track.MetricsLine;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.BiConsumer;

/**
 * The content of a run's {@code metrics.jsonl}: curves over steps and seconds, and the newest value of each. Curves are
 * named {@code loss/O}, {@code eval/O}, {@code gap/O}, {@code weighted-gap/O}, {@code share/O} (of the steps, those on
 * objective O), {@code ideal}, {@code memory} and {@code tokens}.
 */
final class RunCurves {
    private static final int MAX_CURVES = 48;
    private static final int LONGEST_NAME = 60;
    /** Weight of the newest step in the mean that the speed is computed from. */
    private static final double NEWEST = 0.05;

    private final Map<String, Series> curves = new LinkedHashMap<>();
    private final Map<String, Double> trainLosses = new LinkedHashMap<>();
    private final Map<String, Double> evalLosses = new LinkedHashMap<>();
    private double seconds;
    private double stepSeconds = Double.NaN;
    private double stepTokens = Double.NaN;
    private OptionalInt step = OptionalInt.empty();
    private OptionalDouble ideal = OptionalDouble.empty();
    private OptionalDouble memory = OptionalDouble.empty();

    /** Adds a line; lines of unknown kinds are ignored. */
    void accept(MetricsLine line) {
        if (line instanceof MetricsLine.Step measured) {
            step(measured);
        } else if (line instanceof MetricsLine.Evaluation measured) {
            evaluation(measured);
        }
    }

    private void step(MetricsLine.Step line) {
        var index = line.step();
        var took = line.seconds();
        seconds += took.orElse(0);
        step = OptionalInt.of(index + 1);
        each(line.losses(), (name, value) -> {
            trainLosses.put(name, value);
            add("loss/" + name, index, value);
        });
        // those of the other objectives are zero, so all that have been seen are included
        trainLosses
                .keySet()
                .forEach(name -> add("share/" + name, index, line.losses().containsKey(name) ? 1 : 0));
        each(line.notes(), (name, value) -> {
            if (MetricNames.isGapNote(name)) {
                add("weighted-" + name, index, value);
            }
        });
        memory = line.memoryBytes();
        memory.ifPresent(bytes -> add("memory", index, bytes));
        var tokens = line.tokens();
        if (took.isPresent() && took.getAsDouble() > 0 && tokens.isPresent()) {
            stepSeconds = smooth(stepSeconds, took.getAsDouble());
            stepTokens = smooth(stepTokens, tokens.getAsDouble());
            add("tokens", index, tokens.getAsDouble() / took.getAsDouble());
        }
    }

    private void evaluation(MetricsLine.Evaluation line) {
        var index = line.step();
        seconds += line.seconds().orElse(0);
        step = OptionalInt.of(Math.max(index, step.orElse(0)));
        each(line.losses(), (name, value) -> {
            evalLosses.put(name, value);
            add("eval/" + name, index, value);
        });
        each(line.gaps(), (name, value) -> add("gap/" + name, index, value));
        ideal = line.idealDistance();
        ideal.ifPresent(value -> add("ideal", index, value));
    }

    private static double smooth(double old, double value) {
        return Double.isNaN(old) ? value : old + NEWEST * (value - old);
    }

    private void add(String name, int index, double value) {
        var curve = curves.get(name);
        if (curve == null && curves.size() < MAX_CURVES) {
            curve = new Series();
            curves.put(name, curve);
        }
        if (curve != null) {
            curve.add(index, seconds, value);
        }
    }

    /** The finite numbers of a map whose names are short, up to a limit: a file may hold anything. */
    private static void each(Map<String, Double> map, BiConsumer<String, Double> action) {
        map.entrySet().stream()
                .filter(e -> e.getKey().length() <= LONGEST_NAME)
                .limit(MAX_CURVES)
                .filter(e -> Double.isFinite(e.getValue()))
                .forEach(e -> action.accept(e.getKey(), e.getValue()));
    }

    /** All curves by name. */
    Map<String, Series> all() {
        return curves;
    }

    /** Steps done; absent before the first line of one. */
    OptionalInt steps() {
        return step;
    }

    /** Newest training loss by objective. */
    Map<String, Double> trainLosses() {
        return Map.copyOf(trainLosses);
    }

    /** Newest loss on the evaluation set by objective. */
    Map<String, Double> evalLosses() {
        return Map.copyOf(evalLosses);
    }

    /** Newest ideal distance. */
    OptionalDouble ideal() {
        return ideal;
    }

    /** Bytes the process took at the newest step. */
    OptionalDouble memory() {
        return memory;
    }

    /** Tokens a second of the newest steps. */
    OptionalDouble tokensPerSecond() {
        return stepSeconds > 0 ? OptionalDouble.of(stepTokens / stepSeconds) : OptionalDouble.empty();
    }

    /**
     * Seconds until all steps are done if they continue at the speed of the newest ones; future evaluations are not
     * counted.
     */
    OptionalDouble secondsLeft(int total) {
        return stepSeconds > 0 && total > 0
                ? OptionalDouble.of(Math.max(0, total - step.orElse(0)) * stepSeconds)
                : OptionalDouble.empty();
    }
}
