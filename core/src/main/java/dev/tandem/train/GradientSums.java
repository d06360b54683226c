package dev.tandem.train;

import dev.tandem.distributed.Collective;
import dev.tandem.tensor.FlatParameters;
import dev.tandem.train.Passage.Visit;
import java.util.Arrays;
import org.bytedeco.pytorch.global.torch;

/** Sums buckets of gradients over lanes and ranks as they become complete. To be used with the exchange locked. */
final class GradientSums implements AutoCloseable {
    private static final int NOBODY = -1;

    private final RankLine line;
    private final FlatParameters parameters;
    private final RankTraffic traffic;
    private final RankExchange exchange;

    /** Units of each bucket that are not complete in this passage. */
    private final int[] incomplete;

    /** The bucket whose gradient is added to in each buffer, where they take turns. */
    private final int[] claimed;

    /** Buffers that are being summed. */
    private final boolean[] busy;

    private boolean summing;
    private int lanes;
    private int open;

    GradientSums(RankLine line, FlatParameters parameters, RankTraffic traffic, RankExchange exchange) {
        this.line = line;
        this.parameters = parameters;
        this.traffic = traffic;
        this.exchange = exchange;
        var buckets = parameters.layout().buckets().size();
        this.incomplete = new int[buckets];
        this.claimed = new int[buckets + 1];
        Arrays.fill(claimed, NOBODY);
        this.busy = new boolean[claimed.length];
    }

    /**
     * Begins a passage.
     *
     * @param sum whether buckets are summed in it
     * @param lanesAtWork that add to gradients
     */
    void begin(boolean sum, int lanesAtWork) {
        summing = sum;
        lanes = lanesAtWork;
        for (var b = 0; b < incomplete.length; b++) {
            incomplete[b] = parameters.layout().buckets().get(b).units().size();
        }
    }

    /** Takes the buffer of a unit's gradient, unless another bucket, or the same from the passage before, is in it. */
    boolean claim(Visit visit) {
        var bucket = parameters.layout().bucketOf(visit.unit());
        if (!parameters.split().gradients() || isEmpty(bucket)) {
            return true;
        }
        var slot = parameters.gradientSlot(bucket);
        if (claimed[slot] == NOBODY && !busy[slot]) {
            claimed[slot] = bucket;
        }
        return claimed[slot] == bucket;
    }

    /** A unit's gradient is complete on all lanes. */
    void complete(int unit) {
        var bucket = parameters.layout().bucketOf(unit);
        if (--incomplete[bucket] == 0 && summing && !isEmpty(bucket)) {
            open++;
            release(bucket, true);
            var lanesAtWork = lanes;
            line.next(ranks -> {
                parameters.collect(bucket, lanesAtWork);
                sum(bucket, ranks);
                synchronized (exchange) {
                    open--;
                    release(bucket, false);
                    exchange.notifyAll();
                }
            });
        }
    }

    /** @param toBeSummed whether it is to be summed yet, or has been */
    private void release(int bucket, boolean toBeSummed) {
        if (parameters.split().gradients()) {
            claimed[parameters.gradientSlot(bucket)] = NOBODY;
            busy[parameters.gradientSlot(bucket)] = toBeSummed;
        }
    }

    private boolean isEmpty(int bucket) {
        return parameters.layout().buckets().get(bucket).elements() == 0;
    }

    private void sum(int bucket, Collective ranks) {
        var gradient = parameters.gradient(bucket);
        if (!parameters.split().optimizer()) {
            ranks.sum(gradient);
            traffic.summed(2 * gradient.nbytes(), ranks.size());
        } else if (!parameters.split().gradients()) {
            ranks.reduceScatter(gradient, parameters.ownGradient(bucket));
            traffic.summed(gradient.nbytes(), ranks.size());
        } else {
            var share = torch.empty_like(parameters.ownGradient(bucket));
            ranks.reduceScatter(gradient, share);
            parameters.keepGradient(bucket, share);
            traffic.summed(gradient.nbytes(), ranks.size());
        }
    }

    /** Buckets that are being summed. */
    int open() {
        return open;
    }

    double seconds() {
        return line.seconds();
    }

    @Override
    public void close() {
        line.close();
    }
}
