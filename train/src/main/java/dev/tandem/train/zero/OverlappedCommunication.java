package dev.tandem.train.zero;

import dev.tandem.distributed.Collective;
import dev.tandem.model.CausalLm;
import dev.tandem.model.layer.UnitHooks;
import dev.tandem.tensor.flat.BufferRing;
import dev.tandem.tensor.flat.FlatParameters;
import dev.tandem.tensor.flat.ShardedParameters;
import dev.tandem.train.zero.ModelPass.Visit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;

/**
 * Communication between ranks while they compute. A bucket of gradients is summed as soon as it is complete on all
 * replicas, while these continue with the units before it. Where parameters are split (ZeRO stage 3, Rajbhandari et al.,
 * 2020, arXiv 1910.02054), a unit's are gathered before it is computed, and those of the next units while it is computed.
 *
 * <p>Sums and gathers have a thread each, so that the order of each is the same on every rank, no matter which replicas are
 * faster.
 */
public final class OverlappedCommunication implements AutoCloseable {
    private final Collective ranks;
    private final FlatParameters parameters;
    private final int blocks;
    private final int head;
    private final UnitSchedule schedule;
    private final AllGatherScheduler gathers;
    private final GradientReducer sums;
    private final List<ReplicaUnits> replicas = new ArrayList<>();
    private final CommunicationStats traffic = new CommunicationStats();

    private Optional<Throwable> failure = Optional.empty();

    /** Replicas that take part in this pass. */
    private int replicasAtWork;

    /**
     * @param parameters trainable, laid out by the model's units
     * @param frozen parameters that are split and not trained; absent: there are none
     * @param ring the buffers that units rotate through, where they are split
     */
    public OverlappedCommunication(
            Collective ranks,
            CausalLm model,
            FlatParameters parameters,
            Optional<ShardedParameters> frozen,
            BufferRing ring) {
        this.ranks = ranks;
        this.parameters = parameters;
        this.blocks = model.spec().layers();
        this.head = model.layout().unit(model.headName());
        var split = parameters.split();
        this.schedule = new UnitSchedule(
                parameters.layout(),
                ring,
                split.parameters(),
                split.gradients(),
                unit -> frozen.filter(f -> f.has(unit)).isPresent());
        this.sums = new GradientReducer(
                new CommunicationThread(ranks, "sums", this::fail), parameters, traffic, this::reduced);
        this.gathers = new AllGatherScheduler(
                new CommunicationThread(ranks, "gathers", this::fail), parameters, frozen, traffic, this::arrived);
    }

    /** Hooks that a replica's model calls for its units. */
    public UnitHooks replica(int number) {
        while (replicas.size() <= number) {
            replicas.add(new ReplicaUnits());
        }
        return replicas.get(number);
    }

    /**
     * Runs what the replicas do with the model. Every rank calls it at the same time, also one without anything to compute.
     *
     * @param replicasHere how many there are on this rank: the first ones
     */
    public void during(ModelPass passage, int replicasHere, Runnable work) {
        var sum = passage.backward()
                && (passage.completesGradient() || parameters.split().gradients());
        var visits = passage.visits(blocks, head);
        synchronized (this) {
            check();
            replicasAtWork = replicasHere;
            replicas.forEach(replica -> replica.position = 0);
            schedule.begin(visits, Math.max(1, replicasHere), sum);
            schedule.startable().forEach(gathers::start);
        }
        if (replicasHere == 0) {
            walk(visits);
        } else {
            work.run();
        }
        synchronized (this) {
            schedule.end();
        }
        if (passage.backward() && !sum) {
            parameters.reduceReplicas();
        }
    }

    private void walk(List<Visit> visits) {
        for (var visit : visits) {
            replicas.get(0).enter(visit.unit());
            replicas.get(0).leave(visit.unit());
        }
    }

    /** Waits until the step's gradient is summed. */
    public void settle() {
        var start = System.nanoTime();
        synchronized (this) {
            while (schedule.isReducing()) {
                await();
            }
            check();
        }
        traffic.waited(System.nanoTime() - start);
    }

    /** Gives all ranks what each has updated. */
    public void publish() {
        if (parameters.split().parameters()) {
            synchronized (this) {
                schedule.forgetTrained();
            }
            return;
        }
        if (!parameters.split().optimizer()) {
            return;
        }
        var start = System.nanoTime();
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            for (var b = 0; b < parameters.layout().buckets().size(); b++) {
                if (parameters.layout().buckets().get(b).elements() > 0) {
                    ranks.allGather(parameters.ownValues(b), parameters.values(b));
                    traffic.gathered(parameters.values(b).nbytes(), ranks.size());
                }
            }
        }
        traffic.publishing(System.nanoTime() - start);
    }

    /** The traffic so far. */
    public CommunicationStats.Sum traffic() {
        return traffic.sum(sums.seconds() + gathers.seconds());
    }

    private synchronized void arrived(int position) {
        schedule.arrived(position);
        notifyAll();
    }

    private synchronized void reduced(int bucket) {
        schedule.reduced(bucket);
        notifyAll();
    }

    /** Something failed on a replica or a communication thread: all others end too. */
    public synchronized void fail(Throwable e) {
        failure = failure.or(() -> Optional.of(e));
        notifyAll();
    }

    /** Waits for a change. To be called with this object locked. */
    void await() {
        check();
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        check();
    }

    private void check() {
        failure.ifPresent(e -> {
            if (e instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException(e);
        });
    }

    @Override
    public void close() {
        sums.close();
        gathers.close();
    }

    /** Where a replica is in the pass. */
    private final class ReplicaUnits implements UnitHooks {
        private int position;

        @Override
        public void enter(int unit) {
            var start = System.nanoTime();
            synchronized (OverlappedCommunication.this) {
                if (isOutside()) {
                    return;
                }
                while (!schedule.tryEnter(position, unit)) {
                    await();
                }
                traffic.waited((System.nanoTime() - start) / schedule.replicas());
            }
        }

        /** A single process needs no other, as long as all parameters are here. */
        private boolean isOutside() {
            return schedule.isIdle() && !parameters.split().parameters();
        }

        @Override
        public void leave(int unit) {
            synchronized (OverlappedCommunication.this) {
                if (isOutside()) {
                    return;
                }
                var complete = schedule.left(position++, unit);
                schedule.startable().forEach(gathers::start);
                complete.ifPresent(bucket -> sums.start(bucket, replicasAtWork));
            }
        }
    }
}
