package dev.tandem.train;

import dev.tandem.distributed.Collective;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Units;
import dev.tandem.tensor.FlatParameters;
import dev.tandem.tensor.SplitParameters;
import dev.tandem.tensor.UnitRing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;

/**
 * What ranks exchange while they compute: a bucket of gradients is summed as soon as it is complete on all lanes, while they go
 * on with what is before it; where parameters are split (ZeRO stage 3, Rajbhandari et al., 2020, arXiv 1910.02054), a unit's
 * are brought together before it is computed, and the next ones' while it is.
 *
 * <p>Sums and gathers have a line each, so that the order of each is the same on every rank whatever lanes are faster.
 */
final class RankExchange implements AutoCloseable {
    private final Collective ranks;
    private final FlatParameters parameters;
    private final int blocks;
    private final int head;
    private final UnitGathers gathers;
    private final GradientSums sums;
    private final List<LaneUnits> lanes = new ArrayList<>();
    private final RankTraffic traffic = new RankTraffic();

    private Optional<Throwable> failure = Optional.empty();
    private UnitPass pass = UnitPass.none();

    /**
     * @param parameters trainable, laid out by the model's units
     * @param split all parameters that ranks split, trainable or not
     */
    RankExchange(
            Collective ranks, CausalLm model, FlatParameters parameters, List<SplitParameters> split, UnitRing ring) {
        this.ranks = ranks;
        this.parameters = parameters;
        this.blocks = model.spec().layers();
        this.head = model.layout().unit(model.headName());
        this.sums = new GradientSums(new RankLine(ranks, "sums", this::fail), parameters, traffic, this);
        this.gathers = new UnitGathers(new RankLine(ranks, "gathers", this::fail), split, ring, traffic, this);
    }

    /** What a lane's model is to tell of its units. */
    Units lane(int number) {
        while (lanes.size() <= number) {
            lanes.add(new LaneUnits());
        }
        return lanes.get(number);
    }

    /**
     * Does what lanes do with the model; every rank does the same at the same time, also one without anything to compute.
     *
     * @param lanesAtWork how many there are on this rank: the first ones
     */
    void during(Passage passage, int lanesAtWork, Runnable work) {
        var sum = passage.backward()
                && (passage.lastOfStep() || parameters.split().gradients());
        synchronized (this) {
            check();
            pass = new UnitPass(passage.visits(blocks, head), Math.max(1, lanesAtWork));
            lanes.forEach(lane -> lane.position = 0);
            sums.begin(sum, lanesAtWork);
            gathers.advance(pass);
        }
        if (lanesAtWork == 0) {
            walk();
        } else {
            work.run();
        }
        synchronized (this) {
            pass = UnitPass.none();
        }
        if (passage.backward() && !sum) {
            parameters.collect();
        }
    }

    private void walk() {
        for (var visit : pass.visits()) {
            lanes.get(0).enter(visit.unit());
            lanes.get(0).leave(visit.unit());
        }
    }

    /** Waits until the step's gradient is summed. */
    void settle() {
        var start = System.nanoTime();
        synchronized (this) {
            while (sums.open() > 0) {
                await();
            }
            check();
        }
        traffic.waited(System.nanoTime() - start);
    }

    /** Gives all ranks what each has updated. */
    void publish() {
        if (parameters.split().parameters()) {
            synchronized (this) {
                gathers.forgetTrained(parameters);
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

    /** What was exchanged until now. */
    RankTraffic.Sum traffic() {
        return traffic.sum(sums.seconds() + gathers.seconds());
    }

    /** Something failed on a lane or a line: all others end too. */
    synchronized void fail(Throwable e) {
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

    /** Where a lane is in the passage. */
    private final class LaneUnits implements Units {
        private int position;

        @Override
        public void enter(int unit) {
            var start = System.nanoTime();
            synchronized (RankExchange.this) {
                if (isOutside()) {
                    return;
                }
                var visit = pass.visit(position, unit);
                while (!pass.isReady(position) || (visit.backward() && !sums.claim(visit))) {
                    await();
                }
                traffic.waited((System.nanoTime() - start) / pass.lanes());
            }
        }

        /** Whoever computes by himself needs nobody, as long as all parameters are here. */
        private boolean isOutside() {
            return pass.visits().isEmpty() && !parameters.split().parameters();
        }

        @Override
        public void leave(int unit) {
            synchronized (RankExchange.this) {
                if (isOutside()) {
                    return;
                }
                var visit = pass.visit(position, unit);
                if (pass.left(position++)) {
                    gathers.release(visit);
                    gathers.advance(pass);
                    if (visit.completes()) {
                        sums.complete(visit.unit());
                    }
                }
            }
        }
    }
}
