package dev.tandem.model.layer;

/**
 * Told by a model which part of it a pass is about to compute, and when it is done with it: whoever keeps parameters elsewhere
 * brings them in between, and takes gradients away when they are complete. Units are numbered from 0, the embedding; the
 * blocks follow, the final norm counts to the last; then comes the output head, unless it is the embedding.
 *
 * <p>A pass comes by in the order 0, 1, …, head; its backward pass by the head, where it is read again, then the last block,
 * …, 1, 0.
 */
public interface UnitHooks {
    /** All parameters are there all the time. */
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

    /** Before a unit is computed. Waits until its parameters are there. */
    void enter(int unit);

    /** After it was. */
    void leave(int unit);
}
