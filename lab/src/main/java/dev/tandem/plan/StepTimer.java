package dev.tandem.plan;

import dev.tandem.recipe.ZeroStage;
import dev.tandem.train.cost.StepFlops;
import dev.tandem.train.zero.ModelPass;
import java.util.ArrayList;
import java.util.List;

/** Adds up a step from its passes: what each computes, and what is sent over the network in the meantime. */
final class StepTimer {
    private final PlanInput run;
    private final Cluster cluster;
    private final StepFlops flops;
    private final ShardLayout sharding;
    private final boolean recomputes;

    StepTimer(PlanInput run, Cluster cluster, StepFlops flops, ShardLayout sharding) {
        this.run = run;
        this.cluster = cluster;
        this.flops = flops;
        this.sharding = sharding;
        this.recomputes = run.checkpointActivations() || sharding.stage() == ZeroStage.PARAMETERS;
    }

    /**
     * Equal passes.
     *
     * @param completes whether the gradient is complete after them
     */
    private record Passes(StepFlops.Parts parts, long count, boolean completes) {}

    /** The passes of a step; probes count as their mean. */
    StepCost step() {
        var timeline = new Timeline(sharding, cluster);
        through(timeline, false); // some units are still where the step before needed them
        timeline.restart();
        timeline.forgetTrained();
        through(timeline, false);
        timeline.publish();
        var probes = new Timeline(sharding, cluster);
        through(probes, true);
        return StepCost.of(timeline.clock()).plus(StepCost.of(probes.clock()).times(run.probes()));
    }

    private void through(Timeline timeline, boolean probes) {
        var sumsAll = sharding.stage().splits(ZeroStage.GRADIENTS);
        for (var passes : passes()) {
            var sums = !probes && (sumsAll || passes.completes());
            timeline.passes(stops(passes.parts(), probes), sums, passes.count());
        }
    }

    /** A gradient is complete in one pass alone: the last of the step, or of each objective where they are combined. */
    private List<Passes> passes() {
        var result = new ArrayList<Passes>();
        for (var i = 0; i < run.step().size(); i++) {
            var batch = run.step().get(i);
            if (batch.passes() > 1) {
                result.add(new Passes(parts(batch, batch.examplesPerPass()), batch.passes() - 1, false));
            }
            var completes = run.combines() || i == run.step().size() - 1;
            result.add(new Passes(parts(batch, batch.examplesOfLastPass()), 1, completes));
        }
        return result;
    }

    private StepFlops.Parts parts(Batch batch, long examples) {
        var sequences = ShardLayout.ceilDiv(examples, sharding.ranks()) * batch.sequences();
        return flops.parts(StepFlops.Counts.of((double) sequences, batch.length()));
    }

    private List<Timeline.Stop> stops(StepFlops.Parts parts, boolean look) {
        // a trained head is passed again when the tokens' weights are known; a frozen one has its gradient immediately
        var again = run.lora().isEmpty();
        var passage = look ? ModelPass.FORWARD : new ModelPass(true, true, again, true);
        var blocks = sharding.ring().blocks();
        var visits = passage.visits(blocks, sharding.head());
        var stops = new ArrayList<Timeline.Stop>();
        for (var i = 0; i < visits.size(); i++) {
            var head = i == blocks + 1 || (again && i == blocks + 2);
            var block = visits.get(i).unit() > 0 && !head;
            var operations = block
                    ? ofBlocks(parts, visits.get(i).backward()) / blocks
                    : head ? ofHead(parts, visits.get(i).backward(), look || again) : 0;
            stops.add(new Timeline.Stop(visits.get(i), operations / cluster.flops()));
        }
        return stops;
    }

    private double ofBlocks(StepFlops.Parts parts, boolean backward) {
        return backward ? parts.blocksBackward() + (recomputes ? parts.blocksForward() : 0) : parts.blocksForward();
    }

    private static double ofHead(StepFlops.Parts parts, boolean backward, boolean logitsAlone) {
        return parts.headForward() + (backward || !logitsAlone ? parts.headBackward() : 0);
    }
}
