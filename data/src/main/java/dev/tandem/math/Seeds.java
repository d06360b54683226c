package dev.tandem.math;

/** Derives independent seeds from a run's seed: one source of randomness, one name. */
public final class Seeds {
    private Seeds() {}

    /**
     * The seed of one use of randomness. A pure function, so that no generator's state needs saving.
     *
     * @param seed the run's seed
     * @param purpose what it is for
     * @param counters where in the run (step, objective, …)
     */
    public static long of(long seed, String purpose, long... counters) {
        var hash = mix(seed);
        for (var i = 0; i < purpose.length(); i++) {
            hash = mix(hash ^ purpose.charAt(i));
        }
        for (var counter : counters) {
            hash = mix(hash ^ counter);
        }
        return hash;
    }

    /** SplitMix64's finaliser over the golden-ratio increment. */
    private static long mix(long value) {
        var z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
