package dev.tandem.train.policy;

import dev.tandem.data.example.Example;
import dev.tandem.distributed.Collective;
import dev.tandem.math.TokenStatistic;
import dev.tandem.model.CausalLm;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.objective.LogProbs;
import dev.tandem.tensor.LazyTensor;
import dev.tandem.tensor.flat.BufferRing;
import dev.tandem.tensor.flat.FlatLeaves;
import dev.tandem.tensor.flat.FlatParameters;
import dev.tandem.tensor.flat.ShardedParameters;
import dev.tandem.tensor.parallel.ReplicaThreads;
import dev.tandem.train.optimizer.ObjectiveGradients;
import dev.tandem.train.zero.CommunicationStats;
import dev.tandem.train.zero.GatheredParameters;
import dev.tandem.train.zero.ModelPass;
import dev.tandem.train.zero.OverlappedCommunication;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * The model being trained: its forward pass gives log-probs, its backward pass takes ∂loss/∂log p and accumulates the
 * gradient of the trainable parameters. On a CPU several replicas compute shares of a batch simultaneously.
 */
public final class Policy implements AutoCloseable {
    private static final int MAX_REPLICAS = 1 << 16;

    private final CausalLm model;
    private final FlatParameters parameters;
    private final Optional<LoraAdapter> adapter;
    private final ReplicaThreads threads;
    private final Collective ranks;
    private final List<PolicyReplica> replicas = new ArrayList<>();
    private final Optional<OverlappedCommunication> exchange;
    private final Optional<ShardedParameters> frozen;

    /**
     * A policy of one replica.
     *
     * @param model with the trainable leaves already in place
     * @param parameters the trainable parameters
     * @param adapter the adapter being trained, already over the leaves of {@code parameters}; absent: all parameters
     *     of the model are trained
     */
    public Policy(CausalLm model, FlatParameters parameters, Optional<LoraAdapter> adapter) {
        this(model, parameters, adapter, new ReplicaThreads(1, 1));
    }

    /**
     * A policy of several replicas.
     *
     * @param threads closed with the policy
     */
    public Policy(CausalLm model, FlatParameters parameters, Optional<LoraAdapter> adapter, ReplicaThreads threads) {
        this(model, parameters, adapter, threads, Collective.single(), Optional.empty(), new BufferRing(0, 1));
    }

    /**
     * A policy that several ranks train together.
     *
     * @param threads closed with the policy
     * @param ranks that train it; the parameters must be the same on each
     * @param frozen parameters of the model that are not trained and split among ranks; absent: there are none
     * @param ring the ring of buffers that units rotate through, where they are split
     */
    Policy(
            CausalLm model,
            FlatParameters parameters,
            Optional<LoraAdapter> adapter,
            ReplicaThreads threads,
            Collective ranks,
            Optional<ShardedParameters> frozen,
            BufferRing ring) {
        this.ranks = ranks;
        this.frozen = frozen;
        this.model = model;
        this.parameters = parameters;
        this.adapter = adapter;
        this.threads = threads;
        model.adapter(adapter);
        replicas.add(new PolicyReplica(model, parameters.mainLeaves(), adapter.isPresent()));
        while (replicas.size() < threads.count()) {
            replicas.add(replica(parameters.otherLeaves()));
        }
        exchange = ranks.size() == 1
                ? Optional.empty()
                : Optional.of(new OverlappedCommunication(ranks, model, parameters, frozen, ring));
        exchange.ifPresent(e -> {
            for (var replica = 0; replica < replicas.size(); replica++) {
                replicas.get(replica).model().units(e.replica(replica));
            }
        });
    }

    private PolicyReplica replica(FlatLeaves leaves) {
        var replica = adapter.map(a -> {
                    var copy = model.replica();
                    copy.adapter(Optional.of(a.withTensors(leaves.leaves())));
                    return copy;
                })
                .orElseGet(() -> model.replica(leaves.leaves()));
        return new PolicyReplica(replica, leaves, adapter.isPresent());
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
    public Optional<ShardedParameters> frozen() {
        return frozen;
    }

    /** The threads it computes on. */
    public ReplicaThreads threads() {
        return threads;
    }

    /** Log-probs of a batch, without a gradient and without dropout; every rank computes all of them. */
    public LogProbs logProbs(PackedSequences batch) {
        var result = new ArrayList<LogProbs>();
        during(ModelPass.FORWARD, 1, () -> result.add(replicas.get(0).logProbs(batch, Set.of())));
        return result.get(0);
    }

    /** Scores examples under the policy's model, with the adapter that is switched on there now. */
    public SequenceScorer scorer() {
        return parameters.split().parameters()
                ? new SequenceScorer(
                        replicas(exchange.orElseThrow()),
                        threads,
                        (groups, work) -> mapReplicas(groups, ModelPass.FORWARD, work))
                : new SequenceScorer(model, threads);
    }

    /** A replica's own model may have another adapter switched on. */
    private List<CausalLm> replicas(OverlappedCommunication exchange) {
        var result = new ArrayList<>(List.of(model));
        for (var number = 1; number < replicas.size(); number++) {
            var replica = model.replica();
            replica.units(exchange.replica(number));
            result.add(replica);
        }
        return result;
    }

    /** The work of a replica on its share of a batch. */
    public interface Work<R> {
        R apply(PolicyReplica replica, int number, List<Example> share);
    }

    /** The ranks that train it together. */
    public Collective ranks() {
        return ranks;
    }

    /** Whether training drops out inputs of the adapter. */
    public boolean hasDropout() {
        return adapter.filter(a -> a.config().dropout() > 0).isPresent();
    }

    /** A replica's seed of dropout: ranks and replicas have numbers of their own. */
    public long replicaSeed(long seed, int replica) {
        return seed + (long) ranks.rank() * MAX_REPLICAS + replica;
    }

    /**
     * Computes this rank's share of a batch, in shares of about equal numbers of tokens, all at the same time.
     *
     * @param batch of all ranks
     * @return results of this rank, in the replicas' order
     */
    public <R> List<R> mapShards(List<Example> batch, ModelPass passage, Work<R> work) {
        return mapReplicas(
                BalancedPartition.of(ofRank(batch), threads.count()),
                passage,
                (replica, share) -> work.apply(replicas.get(replica), replica, share));
    }

    /** This rank's share of a batch; none where there are more ranks than examples. */
    private List<Example> ofRank(List<Example> batch) {
        if (ranks.size() == 1) {
            return batch;
        }
        var shares = BalancedPartition.of(batch, ranks.size());
        return ranks.rank() < shares.size() ? shares.get(ranks.rank()) : List.of();
    }

    /**
     * Applies a function to what the replicas hold: element i on replica i, all at the same time.
     *
     * @return results in the replicas' order
     */
    <T, R> List<R> mapReplicas(List<T> held, ModelPass passage, ReplicaThreads.Work<T, R> work) {
        var results = new ArrayList<R>();
        during(
                passage,
                held.size(),
                () -> results.addAll(
                        threads.map(held, (replica, element) -> guarded(() -> work.apply(replica, element)))));
        return results;
    }

    /** Does work that has no results with what the replicas hold. */
    public <T> void forReplicas(List<T> held, ModelPass passage, Consumer<T> work) {
        mapReplicas(held, passage, (replica, element) -> {
            work.accept(element);
            return replica;
        });
    }

    private void during(ModelPass passage, int replicasAtWork, Runnable work) {
        if (exchange.isPresent() && passage != ModelPass.NONE) {
            exchange.get().during(passage, replicasAtWork, work);
            return;
        }
        work.run();
        if (passage.backward()) {
            parameters.reduceReplicas(); // in a fixed order
        }
    }

    /** A replica that fails must not leave the others waiting for it. */
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
     * @param likely as passed to the forward pass
     * @param needs as passed to the forward pass
     */
    public boolean readsHeadAgain(boolean likely, Set<TokenStatistic> needs) {
        return replicas.get(0).readsHeadAgain(likely, needs);
    }

    /** Buffers for the gradients of a step's terms one by one. */
    public ObjectiveGradients objectiveGradients(int terms) {
        return new ObjectiveGradients(parameters, ranks, terms, model.device());
    }

    /** Waits until the gradient is summed over all ranks. To be called after the pass that completed a gradient. */
    public void awaitGradients() {
        exchange.ifPresent(OverlappedCommunication::settle);
    }

    /** Gives all ranks what each has updated. Must be called after every update. */
    public void allGatherUpdates() {
        exchange.ifPresent(OverlappedCommunication::publish);
    }

    /** The adapter being trained, with all its values. Every rank must call it; its tensors belong to the caller's scope. */
    public LoraAdapter wholeAdapter() {
        var tensors = new LinkedHashMap<String, Tensor>();
        wholeParameters()
                .forEach((name, tensor) -> tensors.put(name, tensor.values().get()));
        return adapter.orElseThrow().withTensors(tensors);
    }

    /**
     * The trained parameters by name. Every rank must ask for all values, in this order: a unit's are gathered when the
     * first is asked for.
     */
    public Map<String, LazyTensor> wholeParameters() {
        return new GatheredParameters(parameters, ranks, this::allGatherUpdates).tensors();
    }

    /** The traffic of this rank with the others; absent: there are none. */
    public Optional<CommunicationStats.Sum> traffic() {
        return exchange.map(OverlappedCommunication::traffic);
    }

    @Override
    public void close() {
        exchange.ifPresent(OverlappedCommunication::close);
        threads.close();
        parameters.close();
        replicas.forEach(replica -> replica.model().close()); // the model itself is the first replica's
    }
}
