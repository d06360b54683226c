package dev.tandem.train.bench;

import java.util.List;
import java.util.OptionalLong;

/**
 * What was measured of one method; medians over rounds.
 *
 * @param name of the method
 * @param tokensPerSecond input tokens (no padding) of all objectives
 * @param secondsPerToken the same upside down
 * @param relative time divided by what the same tokens of the same objectives take in Sequential; 1 for Sequential itself
 * @param rounds {@code relative} of every round
 * @param peakBytes largest resident set during its steps; absent where the system does not say
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
