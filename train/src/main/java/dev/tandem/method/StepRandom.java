package dev.tandem.method;

import java.util.SplittableRandom;

/**
 * Random numbers that are a function of the seed and the step's number alone: nothing has to be saved, and every rank draws
 * the same.
 */
public final class StepRandom {
    /** SplitMix64 walks its states by this odd constant, 2⁶⁴ divided by the golden ratio. */
    private static final long STRIDE = 0x9e3779b97f4a7c15L;

    private final long key;

    /**
     * Numbers of a method.
     *
     * @param seed of the method
     * @param name separates these numbers from others made from the same seed
     */
    public StepRandom(long seed, long name) {
        this.key = new SplittableRandom(seed ^ name).nextLong();
    }

    /** The numbers of a step, from their beginning. */
    public SplittableRandom at(int step) {
        return new SplittableRandom(key + step * STRIDE);
    }
}
