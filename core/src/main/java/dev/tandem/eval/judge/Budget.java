package dev.tandem.eval.judge;

import java.util.Optional;

/**
 * A money limit and the amounts spent. The maximum cost of a request is reserved before it is sent, so that
 * simultaneous requests do not exceed the limit together. Once one no longer fits, none does: which pairs are judged
 * then depends on their order, and not on their length.
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

    /** Reserves money for a request, if enough is left. */
    synchronized boolean reserve(Usage most) {
        exhausted |= cost(used) + aside + cost(most) > limit;
        aside += exhausted ? 0 : cost(most);
        return !exhausted;
    }

    /**
     * Records a finished request.
     *
     * @param most the amount that was reserved for it
     * @param actual the amount that it used
     */
    synchronized void settle(Usage most, Usage actual) {
        aside -= cost(most);
        used = used.plus(actual);
        requests++;
    }

    /** Releases the money reserved for a failed request. */
    synchronized void giveBack(Usage most) {
        aside -= cost(most);
    }

    private double cost(Usage usage) {
        return prices.map(p -> p.of(usage)).orElse(0.0);
    }

    /** Number of requests that were answered. */
    synchronized long requests() {
        return requests;
    }

    synchronized Usage used() {
        return used;
    }

    /** Dollars spent; 0 if prices are not known. */
    synchronized double spent() {
        return cost(used);
    }

    synchronized boolean exhausted() {
        return exhausted;
    }
}
