package dev.tandem.train;

import dev.tandem.data.Example;
import dev.tandem.distributed.Collective;
import dev.tandem.model.CausalLm;
import dev.tandem.model.LoraAdapter;
import dev.tandem.model.PackedSequences;
import dev.tandem.objective.LogProbs;
import dev.tandem.tensor.FlatLeaves;
import dev.tandem.tensor.FlatParameters;
import dev.tandem.tensor.Lanes;
import dev.tandem.tensor.LazyTensor;
import dev.tandem.tensor.SplitParameters;
import dev.tandem.tensor.UnitRing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

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
    private final Optional<RankExchange> exchange;
    private final Optional<SplitParameters> frozen;

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
        this(model, parameters, adapter, threads, Collective.alone(), Optional.empty(), new UnitRing(0, 1));
    }

    /**
     * A policy that several ranks train together.
     *
     * @param threads closed with the policy
     * @param ranks that train it; the parameters must be the same on each
     * @param frozen parameters of the model that are not trained and split among ranks; absent: there are none
     * @param ring which buffers units take turns in, where they are split
     */
    Policy(
            CausalLm model,
            FlatParameters parameters,
            Optional<LoraAdapter> adapter,
            Lanes threads,
            Collective ranks,
            Optional<SplitParameters> frozen,
            UnitRing ring) {
        this.ranks = ranks;
        this.frozen = frozen;
        this.model = model;
        this.parameters = parameters;
        this.adapter = adapter;
        this.threads = threads;
        model.adapter(adapter);
        lanes.add(new PolicyLane(model, parameters.mainLeaves(), adapter.isPresent()));
        while (lanes.size() < threads.count()) {
            lanes.add(lane(parameters.otherLeaves()));
        }
        exchange = ranks.size() == 1 ? Optional.empty() : Optional.of(exchange(frozen, ring));
        exchange.ifPresent(e -> {
            for (var lane = 0; lane < lanes.size(); lane++) {
                lanes.get(lane).model().units(e.lane(lane));
            }
        });
    }

    private RankExchange exchange(Optional<SplitParameters> frozen, UnitRing ring) {
        var split = new ArrayList<SplitParameters>();
        if (parameters.split().parameters()) {
            frozen.ifPresent(split::add);
            split.add(parameters);
        }
        return new RankExchange(ranks, model, parameters, split, ring);
    }

    private PolicyLane lane(FlatLeaves leaves) {
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

    /** Frozen parameters that ranks split; absent: there are none, or each rank has all of them. */
    Optional<SplitParameters> frozen() {
        return frozen;
    }

    /** The threads it computes on. */
    Lanes threads() {
        return threads;
    }

    /** Log-probs of a batch, without a gradient and without dropout; every rank computes all of them. */
    public LogProbs logProbs(PackedSequences batch) {
        var result = new ArrayList<LogProbs>();
        during(Passage.FORWARD, 1, () -> result.add(lanes.get(0).logProbs(batch)));
        return result.get(0);
    }

    /** Scores examples under the policy's model, with the adapter that is switched on there now. */
    SequenceScorer scorer() {
        return parameters.split().parameters()
                ? new SequenceScorer(
                        replicas(exchange.orElseThrow()),
                        threads,
                        (groups, work) -> onLanes(groups, Passage.FORWARD, work))
                : new SequenceScorer(model, threads);
    }

    /** A lane's own model may have another adapter switched on. */
    private List<CausalLm> replicas(RankExchange exchange) {
        var result = new ArrayList<>(List.of(model));
        for (var lane = 1; lane < lanes.size(); lane++) {
            var replica = model.replica();
            replica.units(exchange.lane(lane));
            result.add(replica);
        }
        return result;
    }

    /** What a lane does with its share of a batch. */
    interface Work<R> {
        R apply(PolicyLane lane, int laneNumber, List<Example> share);
    }

    /** The ranks that train it together. */
    Collective ranks() {
        return ranks;
    }

    /** Whether training drops out inputs of the adapter. */
    boolean hasDropout() {
        return adapter.filter(a -> a.config().dropout() > 0).isPresent();
    }

    /** A lane's seed of dropout: ranks and lanes have numbers of their own. */
    long laneSeed(long seed, int lane) {
        return seed + (long) ranks.rank() * MOST_LANES + lane;
    }

    /**
     * Computes this rank's share of a batch, in shares of about equal numbers of tokens, all at once.
     *
     * @param batch of all ranks
     * @return results of this rank, in the lanes' order
     */
    <R> List<R> inShares(List<Example> batch, Passage passage, Work<R> work) {
        return onLanes(
                Shares.of(ofRank(batch), threads.count()),
                passage,
                (lane, share) -> work.apply(lanes.get(lane), lane, share));
    }

    /** This rank's share of a batch; none where there are more ranks than examples. */
    private List<Example> ofRank(List<Example> batch) {
        if (ranks.size() == 1) {
            return batch;
        }
        var shares = Shares.of(batch, ranks.size());
        return ranks.rank() < shares.size() ? shares.get(ranks.rank()) : List.of();
    }

    /**
     * Does something with what the lanes hold: element i on lane i, all at once.
     *
     * @return results in the lanes' order
     */
    <T, R> List<R> onLanes(List<T> held, Passage passage, Lanes.Work<T, R> work) {
        var results = new ArrayList<R>();
        during(
                passage,
                held.size(),
                () -> results.addAll(threads.map(held, (lane, element) -> guarded(() -> work.apply(lane, element)))));
        return results;
    }

    /** The same without results. */
    <T> void forLanes(List<T> held, Passage passage, Consumer<T> work) {
        onLanes(held, passage, (lane, element) -> {
            work.accept(element);
            return lane;
        });
    }

    private void during(Passage passage, int lanesAtWork, Runnable work) {
        if (exchange.isPresent() && passage != Passage.NONE) {
            exchange.get().during(passage, lanesAtWork, work);
            return;
        }
        work.run();
        if (passage.backward()) {
            parameters.collect(); // in a fixed order
        }
    }

    /** A lane that fails must not leave the others waiting for it. */
    private <R> R guarded(Supplier<R> work) {
        try {
            return work.get();
        } catch (RuntimeException | Error e) {
            exchange.ifPresent(x -> x.fail(e));
            throw e;
        }
    }

    /**
     * Whether a backward pass reads the output head once more.
     *
     * @param likely as told to the forward pass
     */
    boolean readsHeadAgain(boolean likely) {
        return lanes.get(0).readsHeadAgain(likely);
    }

    /** Buffers for the gradients of a step's terms one by one. */
    ObjectiveGradients objectiveGradients(int terms) {
        return new ObjectiveGradients(parameters, ranks, terms, model.device());
    }

    /** Waits until the gradient is summed over all ranks. To be called after a passage that was the last of a gradient. */
    void settleGradients() {
        exchange.ifPresent(RankExchange::settle);
    }

    /** Gives all ranks what each has updated. To be called after every update. */
    void publishUpdates() {
        exchange.ifPresent(RankExchange::publish);
    }

    /** The adapter being trained, with all its values. Every rank must call it; its tensors belong to the caller's scope. */
    LoraAdapter wholeAdapter() {
        var tensors = new LinkedHashMap<String, Tensor>();
        wholeParameters()
                .forEach((name, tensor) -> tensors.put(name, tensor.values().get()));
        return adapter.orElseThrow().withTensors(tensors);
    }

    /**
     * The trained parameters by name. Every rank must ask for all values, in this order: a unit's are brought together when the
     * first is asked for.
     */
    Map<String, LazyTensor> wholeParameters() {
        return new WholeParameters(parameters, ranks, this::publishUpdates).tensors();
    }

    /** What this rank has exchanged with the others; absent: there are none. */
    Optional<RankTraffic.Sum> traffic() {
        return exchange.map(RankExchange::traffic);
    }

    @Override
    public void close() {
        exchange.ifPresent(RankExchange::close);
        threads.close();
        parameters.close();
        lanes.forEach(lane -> lane.model().close()); // the model itself is the first lane's
    }
}
