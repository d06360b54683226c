package dev.tandem.train.plan;

import dev.tandem.recipe.ZeroStage;
import dev.tandem.train.Passage;
import dev.tandem.train.StepFlops;
import java.util.ArrayList;
import java.util.List;

/** Puts a step together from its passes: what each computes, and what goes over the network meanwhile. */
final class StepTimer {
    private final PlannedRun run;
    private final Cluster cluster;
    private final StepFlops flops;
    private final Sharding sharding;
    private final boolean recomputes;

    StepTimer(PlannedRun run, Cluster cluster, StepFlops flops, Sharding sharding) {
        this.run = run;
        this.cluster = cluster;
        this.flops = flops;
        this.sharding = sharding;
        this.recomputes = run.checkpointActivations() || sharding.stage() == ZeroStage.PARAMETERS;
    }

    /** Passes that are alike. */
    private record Passes(StepFlops.Parts parts, long count) {}

    /** What passes in a step, of looks their mean. */
    StepCost step() {
        var timeline = new Timeline(sharding, cluster);
        through(timeline, false); // some units are still where the step before needed them
        timeline.restart();
        timeline.forgetTrained();
        through(timeline, false);
        timeline.publish();
        var looks = new Timeline(sharding, cluster);
        through(looks, true);
        return StepCost.of(timeline.clock()).plus(StepCost.of(looks.clock()).times(run.looks()));
    }

    private void through(Timeline timeline, boolean looks) {
        var all = passes();
        var sumsAll = sharding.stage().splits(ZeroStage.GRADIENTS);
        for (var i = 0; i < all.size(); i++) {
            var sums = !looks && (sumsAll || i == all.size() - 1);
            timeline.passes(stops(all.get(i).parts(), looks), sums, all.get(i).count());
        }
    }

    /** The last is one pass alone: the gradient is complete in it. */
    private List<Passes> passes() {
        var result = new ArrayList<Passes>();
        for (var batch : run.step()) {
            if (batch.passes() > 1) {
                result.add(new Passes(parts(batch, batch.examplesPerPass()), batch.passes() - 1));
            }
            result.add(new Passes(parts(batch, batch.examplesOfLastPass()), 1));
        }
        return result;
    }

    private StepFlops.Parts parts(Batch batch, long examples) {
        var sequences = Sharding.ceilDiv(examples, sharding.ranks()) * batch.sequences();
        return flops.parts(StepFlops.Counts.of((double) sequences, batch.length()));
    }

    private List<Timeline.Stop> stops(StepFlops.Parts parts, boolean look) {
        // a trained head is passed again when the tokens' weights are known; a frozen one has its gradient at once
        var again = run.lora().isEmpty();
        var passage = look ? Passage.FORWARD : new Passage(true, true, again, true);
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
