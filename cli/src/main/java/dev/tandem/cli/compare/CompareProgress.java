package dev.tandem.cli.compare;

import java.util.HashMap;
import java.util.Map;

/**
 * The progress of a comparison in time: the estimated duration of each run, corrected by the time that the finished
 * work really took.
 */
final class CompareProgress {
    /** Before this share of the work is done, the estimate is more reliable than the measured time. */
    private static final double TRUSTED = 0.03;

    private final Map<String, Double> estimates;
    private final Map<String, Double> shares = new HashMap<>();
    private final double before;
    private final long start = System.nanoTime();

    /**
     * @param estimates seconds of every run by name
     * @param done share of each run that is done already, by name
     */
    CompareProgress(Map<String, Double> estimates, Map<String, Double> done) {
        this.estimates = Map.copyOf(estimates);
        shares.putAll(done);
        this.before = work();
    }

    /** Reports the progress of a run, from 0 to 1. */
    void at(String run, double share) {
        shares.put(run, share);
    }

    private double work() {
        return shares.entrySet().stream()
                .mapToDouble(e -> e.getValue() * estimates.getOrDefault(e.getKey(), 0.0))
                .sum();
    }

    private double total() {
        return estimates.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** The share of all work that is done. */
    double share() {
        return total() == 0 ? 1 : work() / total();
    }

    /**
     * The estimated seconds left.
     *
     * @param jobs runs at the same time
     */
    double secondsLeft(int jobs) {
        var done = work() - before;
        var left = total() - work();
        var elapsed = (System.nanoTime() - start) * 1e-9;
        return done < TRUSTED * total() ? left / jobs : left * elapsed / done;
    }
}
