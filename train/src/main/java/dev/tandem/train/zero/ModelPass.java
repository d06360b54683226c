package dev.tandem.train.zero;

import java.util.ArrayList;
import java.util.List;

/**
 * One pass of the replicas over the model.
 *
 * @param forward whether they visit all units, first to last
 * @param backward whether they visit them again, last to first, adding to gradients
 * @param rereadsHead whether the backward pass reads the output head
 * @param completesGradient whether it completes the step's gradient
 */
public record ModelPass(boolean forward, boolean backward, boolean rereadsHead, boolean completesGradient) {
    /** A pass without a gradient. */
    public static final ModelPass FORWARD = new ModelPass(true, false, false, false);

    /** Nothing is computed. */
    public static final ModelPass NONE = new ModelPass(false, false, false, false);

    /**
     * A stop at a unit.
     *
     * @param needsParameters whether its parameters are needed
     * @param completes whether its gradient is complete after it, as far as this pass contributes to it
     * @param backward whether its gradient is added to
     */
    public record Visit(int unit, boolean needsParameters, boolean completes, boolean backward) {}

    /**
     * All stops in their order.
     *
     * @param blocks of the model
     * @param head unit of the output head: 0 where it is the embedding
     */
    public List<Visit> visits(int blocks, int head) {
        var visits = new ArrayList<Visit>();
        if (forward) {
            for (var unit = 0; unit <= blocks; unit++) {
                visits.add(new Visit(unit, true, false, false));
            }
            visits.add(new Visit(head, true, false, false));
        }
        if (backward) {
            if (rereadsHead) {
                visits.add(new Visit(head, true, head > 0, true));
            }
            for (var unit = blocks; unit >= 1; unit--) {
                visits.add(new Visit(unit, true, true, true));
            }
            // an embedding's gradient does not depend on its values
            visits.add(new Visit(0, false, true, true));
        }
        return visits;
    }
}
