package dev.tandem.train;

import dev.tandem.data.Example;
import dev.tandem.distributed.Collective;
import dev.tandem.model.CausalLm;
import dev.tandem.model.LoraAdapter;
import dev.tandem.model.PackedSequences;
import dev.tandem.objective.LogProbs;
import dev.tandem.tensor.FlatParameters;
import dev.tandem.tensor.Lanes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The model being trained: its forward pass gives log-probs, its backward pass takes ∂loss/∂log p and accumulates the
 * gradient of the trainable parameters. On a CPU several lanes compute shares of a batch at once.
 */
public final class Policy implements AutoCloseable {
    private static final int MOST_LANES = 1 << 16;

    private final CausalLm model;
    private final FlatParameters parameters;
    private final Optional<LoraAdapter> adapter;
    private final Lanes threads;
    private final Collective ranks;
    private final List<PolicyLane> lanes = new ArrayList<>();

    /**
     * A policy of one lane.
     *
     * @param model with the trainable leaves already in place
     * @param parameters the trainable parameters
     * @param adapter the adapter being trained, already over the leaves of {@code parameters}; absent: all parameters
     *     of the model are trained
     */
    public Policy(CausalLm model, FlatParameters parameters, Optional<LoraAdapter> adapter) {
        this(model, parameters, adapter, new Lanes(1, 1));
    }

    /**
     * A policy of several lanes.
     *
     * @param threads closed with the policy
     */
    public Policy(CausalLm model, FlatParameters parameters, Optional<LoraAdapter> adapter, Lanes threads) {
        this(model, parameters, adapter, threads, Collective.alone());
    }

    /**
     * A policy that several ranks hold the same of.
     *
     * @param threads closed with the policy
     * @param ranks that train it together; the parameters must be the same on each
     */
    public Policy(
            CausalLm model, FlatParameters parameters, Optional<LoraAdapter> adapter, Lanes threads, Collective ranks) {
        this.ranks = ranks;
        this.model = model;
        this.parameters = parameters;
        this.adapter = adapter;
        this.threads = threads;
        model.adapter(adapter);
        lanes.add(new PolicyLane(model, parameters.mainLeaves(), adapter.isPresent()));
        while (lanes.size() < threads.count()) {
            lanes.add(lane(parameters.otherLeaves()));
        }
    }

    private PolicyLane lane(FlatParameters.Leaves leaves) {
        var replica = adapter.map(a -> {
                    var copy = model.replica();
                    copy.adapter(Optional.of(a.withTensors(leaves.leaves())));
                    return copy;
                })
                .orElseGet(() -> model.replica(leaves.leaves()));
        return new PolicyLane(replica, leaves, adapter.isPresent());
    }

    /** The model, its adapter switched on. */
    public CausalLm model() {
        return model;
    }

    /** The trainable parameters and their gradients. */
    public FlatParameters parameters() {
        return parameters;
    }

    /** The adapter being trained; absent: all parameters are. */
    public Optional<LoraAdapter> adapter() {
        return adapter;
    }

    /** The threads it computes on. */
    Lanes threads() {
        return threads;
    }

    /** Log-probs of a batch, without a gradient and without dropout. */
    public LogProbs logProbs(PackedSequences batch) {
        return lanes.get(0).logProbs(batch);
    }

    /** What a lane does with its share of a batch. */
    interface Work<R> {
        R apply(PolicyLane lane, int laneNumber, List<Example> share);
    }

    /** The ranks that train it together. */
    Collective ranks() {
        return ranks;
    }

    /** This rank's share of a batch; none where there are more ranks than examples. */
    List<Example> rankShare(List<Example> batch) {
        if (ranks.size() == 1) {
            return batch;
        }
        var shares = Shares.of(batch, ranks.size());
        return ranks.rank() < shares.size() ? shares.get(ranks.rank()) : List.of();
    }

    /** A lane's seed of dropout: ranks and lanes have numbers of their own. */
    long laneSeed(long seed, int lane) {
        return seed + (long) ranks.rank() * MOST_LANES + lane;
    }

    /** Sums the gradient over all ranks. To be called once a step, when it is complete on this one. */
    void sumGradients() {
        if (ranks.size() > 1) {
            ranks.sum(parameters.gradient());
        }
    }

    /** Computes a batch in shares of about equal numbers of tokens, all at once; results in the lanes' order. */
    <R> List<R> inShares(List<Example> batch, Work<R> work) {
        return threads.map(
                Shares.of(batch, threads.count()), (lane, share) -> work.apply(lanes.get(lane), lane, share));
    }

    /** Does something with what the lanes hold: element i on lane i, all at once. */
    <T> void onLanes(List<T> held, Consumer<T> work) {
        threads.map(held, (lane, element) -> {
            work.accept(element);
            return lane;
        });
    }

    /** Brings the gradients of all lanes together, in a fixed order. */
    void collectGradients() {
        parameters.collect();
    }

    @Override
    public void close() {
        threads.close();
        parameters.close();
        lanes.forEach(lane -> lane.model().close()); // the model itself is the first lane's
    }
}
