package dev.tandem.train.zero;

import dev.tandem.distributed.Collective;
import dev.tandem.tensor.flat.FlatParameters;
import java.util.function.IntConsumer;
import org.bytedeco.pytorch.global.torch;

/** Sums buckets of gradients over replicas and ranks, one after the other, in the order in which they become complete. */
final class GradientReducer implements AutoCloseable {
    private final CommunicationThread line;
    private final FlatParameters parameters;
    private final CommunicationStats traffic;
    private final IntConsumer reduced;

    /** @param reduced called with a bucket that has been summed, on the communication thread */
    GradientReducer(
            CommunicationThread line, FlatParameters parameters, CommunicationStats traffic, IntConsumer reduced) {
        this.line = line;
        this.parameters = parameters;
        this.traffic = traffic;
        this.reduced = reduced;
    }

    /**
     * Sums a bucket after all sums that were started before.
     *
     * @param replicas that have added to its gradient: the first ones
     */
    void start(int bucket, int replicas) {
        line.next(ranks -> {
            parameters.reduceReplicas(bucket, replicas);
            sum(bucket, ranks);
            reduced.accept(bucket);
        });
    }

    private void sum(int bucket, Collective ranks) {
        var gradient = parameters.gradient(bucket);
        if (!parameters.split().optimizer()) {
            ranks.allReduce(gradient);
            traffic.summed(2 * gradient.nbytes(), ranks.size());
        } else if (!parameters.split().gradients()) {
            ranks.reduceScatter(gradient, parameters.ownGradient(bucket));
            traffic.summed(gradient.nbytes(), ranks.size());
        } else {
            var share = torch.empty_like(parameters.ownGradient(bucket));
            ranks.reduceScatter(gradient, share);
            parameters.accumulateShard(bucket, share);
            traffic.summed(gradient.nbytes(), ranks.size());
        }
    }

    double seconds() {
        return line.seconds();
    }

    @Override
    public void close() {
        line.close();
    }
}
