package dev.tandem.eval.judge.client;

import java.util.Optional;

/**
 * A money limit and the amounts spent. The maximum cost of a request is reserved before it is sent, so that
 * simultaneous requests do not exceed the limit together. Once one no longer fits, none does: which pairs are judged
 * then depends on their order, and not on their length.
 */
public final class CostLimit {
    private final Optional<Prices> prices;
    private final double limit;
    private double aside;
    private Usage used = Usage.NONE;
    private long requests;
    private boolean exhausted;

    /** @param limit dollars; may be infinite */
    public CostLimit(Optional<Prices> prices, double limit) {
        this.prices = prices;
        this.limit = limit;
    }

    /** Reserves money for a request, if enough is left. */
    public synchronized boolean reserve(Usage most) {
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
    public synchronized void settle(Usage most, Usage actual) {
        aside -= cost(most);
        used = used.plus(actual);
        requests++;
    }

    /** Releases the money reserved for a failed request. */
    public synchronized void giveBack(Usage most) {
        aside -= cost(most);
    }

    private double cost(Usage usage) {
        return prices.map(p -> p.of(usage)).orElse(0.0);
    }

    /** Number of requests that were answered. */
    public synchronized long requests() {
        return requests;
    }

    public synchronized Usage used() {
        return used;
    }

    /** Dollars spent; 0 if prices are not known. */
    public synchronized double spent() {
        return cost(used);
    }

    public synchronized boolean exhausted() {
        return exhausted;
    }
}
