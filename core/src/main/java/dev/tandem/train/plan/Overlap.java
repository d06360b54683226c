package dev.tandem.train.plan;

import java.util.List;

/**
 * A pass over units one after the other, beside a network that does one thing at a time, in the order it is asked: a
 * unit's parameters are gathered while the unit before is computed, its gradient is reduced when it has been computed.
 */
final class Overlap {
    private Overlap() {}

    /**
     * A unit in a pass, seconds.
     *
     * @param gather before it can be computed
     * @param compute it
     * @param reduce after that
     */
    record Work(double gather, double compute, double reduce) {
        double network() {
            return gather + reduce;
        }
    }

    /** Seconds that the pass waits for the network: with the first gather and the last reduce. */
    static double exposed(List<Work> units) {
        var now = 0.0;
        var network = units.isEmpty() ? 0.0 : units.get(0).gather();
        var ready = network;
        var computed = 0.0;
        for (var i = 0; i < units.size(); i++) {
            var unit = units.get(i);
            var start = Math.max(now, ready);
            var next = i + 1 < units.size() ? units.get(i + 1).gather() : 0;
            if (next > 0) {
                network = Math.max(network, start) + next;
                ready = network;
            }
            now = start + unit.compute();
            computed += unit.compute();
            if (unit.reduce() > 0) {
                network = Math.max(network, now) + unit.reduce();
            }
        }
        return Math.max(0, Math.max(now, network) - computed);
    }
}
