package dev.tandem.model;

import dev.tandem.tensor.parallel.IntraOpPool;

/** Prepares models for generation so that all work is shared, also that of a tiny model. */
public final class SharedGeneration {
    private SharedGeneration() {}

    /** @param threads of the team */
    public static void prepare(CausalLm model, int threads) {
        model.prepareGeneration(() -> new IntraOpPool(threads, 0));
    }
}
