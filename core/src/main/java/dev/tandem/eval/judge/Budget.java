package dev.tandem.eval.judge;

import java.util.Optional;

/**
 * Money, and what it was spent for. The most that a request can cost is set aside before it is sent, so that requests side
 * by side do not go beyond the limit together. Once one does not fit any more none does: what is judged then depends on the
 * order of the pairs, and not on how long they are.
 */
final class Budget {
    private final Optional<Prices> prices;
    private final double limit;
    private double aside;
    private Usage used = Usage.NONE;
    private long requests;
    private boolean exhausted;

    /** @param limit dollars; may be infinite */
    Budget(Optional<Prices> prices, double limit) {
        this.prices = prices;
        this.limit = limit;
    }

    /** Sets money aside for a request, if there is enough. */
    synchronized boolean reserve(Usage most) {
        exhausted |= cost(used) + aside + cost(most) > limit;
        aside += exhausted ? 0 : cost(most);
        return !exhausted;
    }

    /**
     * A request came to its end.
     *
     * @param most what was set aside for it
     * @param actual what it took
     */
    synchronized void settle(Usage most, Usage actual) {
        aside -= cost(most);
        used = used.plus(actual);
        requests++;
    }

    /** A request failed: the money is there again. */
    synchronized void giveBack(Usage most) {
        aside -= cost(most);
    }

    private double cost(Usage usage) {
        return prices.map(p -> p.of(usage)).orElse(0.0);
    }

    /** Requests that were answered. */
    synchronized long requests() {
        return requests;
    }

    synchronized Usage used() {
        return used;
    }

    /** Dollars spent; 0 where prices are not known. */
    synchronized double spent() {
        return cost(used);
    }

    synchronized boolean exhausted() {
        return exhausted;
    }
}
