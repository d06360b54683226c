package dev.tandem.train.bench;

import java.util.List;
import java.util.OptionalLong;

/**
 * Measurements of one method; medians over rounds.
 *
 * @param name name of the method
 * @param tokensPerSecond input tokens (no padding) of all objectives
 * @param secondsPerToken the reciprocal of {@code tokensPerSecond}
 * @param relative time divided by the time that the same tokens of the same objectives take in Sequential; 1 for
 *     Sequential itself
 * @param rounds {@code relative} of every round
 * @param peakBytes largest resident set during its steps; absent if the system does not report it
 */
public record MethodResult(
        String name,
        double tokensPerSecond,
        double secondsPerToken,
        double relative,
        List<Double> rounds,
        OptionalLong peakBytes) {
    public MethodResult {
        rounds = List.copyOf(rounds);
    }
}
