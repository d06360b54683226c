package dev.tandem.model.layer;

/**
 * Hooks that a model calls before a pass computes one of its units and after it is done with the unit. Code that keeps
 * parameters elsewhere fetches them before, and collects gradients when they are complete. Units are numbered from 0,
 * the embedding. The blocks follow; the final norm belongs to the last one. Then comes the output head, unless it is
 * the embedding.
 *
 * <p>A forward pass visits the units in the order 0, 1, …, head. Its backward pass visits the head, if it is read
 * again, then the last block, …, 1, 0.
 */
public interface UnitHooks {
    /** Hooks for parameters that are always in memory. */
    UnitHooks WHOLE = new UnitHooks() {
        @Override
        public void enter(int unit) {
            // there
        }

        @Override
        public void leave(int unit) {
            // stays there
        }
    };

    /** Called before a unit is computed. Waits until its parameters are in memory. */
    void enter(int unit);

    /** Called after a unit has been computed. */
    void leave(int unit);
}
