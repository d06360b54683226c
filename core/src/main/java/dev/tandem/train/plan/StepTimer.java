package dev.tandem.train.plan;

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
    private record Passes(StepFlops.Parts parts, double count) {}

    /** Seconds of a step. */
    StepTime step() {
        var all = passes();
        var reducesAll = sharding.stage().splits(ZeroStage.GRADIENTS);
        var sum = update();
        for (var i = 0; i < all.size(); i++) {
            var forward = forward(all.get(i).parts());
            var pass = time(forward)
                    .plus(time(backward(all.get(i).parts(), reducesAll || i == all.size() - 1)))
                    .plus(time(forward).times(run.looks()));
            sum = sum.plus(pass.times(all.get(i).count()));
        }
        return sum;
    }

    /** The last is one pass alone: the gradient is complete in it. */
    private List<Passes> passes() {
        var result = new ArrayList<Passes>();
        for (var batch : run.step()) {
            if (batch.passes() > 1) {
                result.add(new Passes(parts(batch, batch.examplesPerPass()), batch.passes() - 1.0));
            }
            result.add(new Passes(parts(batch, batch.examplesOfLastPass()), 1));
        }
        return result;
    }

    private StepFlops.Parts parts(Batch batch, long examples) {
        var sequences = Sharding.ceilDiv(examples, sharding.ranks()) * batch.sequences();
        return flops.parts(StepFlops.Counts.of(sequences, batch.length()));
    }

    private List<Overlap.Work> forward(StepFlops.Parts parts) {
        return sharding.units().stream()
                .map(unit ->
                        new Overlap.Work(gather(unit), seconds(unit, parts.blocksForward(), parts.headForward()), 0))
                .toList();
    }

    private List<Overlap.Work> backward(StepFlops.Parts parts, boolean reduces) {
        var blocks = parts.blocksBackward() + (recomputes ? parts.blocksForward() : 0);
        // the logits of a trained head are computed again when the tokens' weights are known
        var head = parts.headBackward() + (run.lora().isEmpty() ? parts.headForward() : 0);
        var works = new ArrayList<Overlap.Work>();
        for (var bucket : sharding.buckets()) {
            for (var i = 0; i < bucket.size(); i++) {
                var complete = reduces && i == bucket.size() - 1;
                works.add(new Overlap.Work(
                        gather(bucket.get(i)), seconds(bucket.get(i), blocks, head), complete ? reduce(bucket) : 0));
            }
        }
        return works;
    }

    private double seconds(ParameterUnit unit, double blocks, double head) {
        return switch (unit.kind()) {
            case EMBEDDING -> 0;
            case BLOCK -> blocks / run.config().layers() / cluster.flops();
            case HEAD -> head / cluster.flops();
        };
    }

    private double gather(ParameterUnit unit) {
        return sharding.stage() == ZeroStage.PARAMETERS
                ? cluster.seconds(sharding.gatherBytes(unit), sharding.gatherMessages(unit), sharding.ranks())
                : 0;
    }

    private double reduce(List<ParameterUnit> bucket) {
        return cluster.seconds(sharding.reduceBytes(bucket), sharding.reduceMessages(bucket), sharding.ranks());
    }

    /** After the optimizer's step everybody waits for the parameters that others have updated. */
    private StepTime update() {
        var stage = sharding.stage();
        if (stage == ZeroStage.NOTHING || stage == ZeroStage.PARAMETERS) {
            return StepTime.NONE;
        }
        var seconds = sharding.buckets().stream()
                .filter(bucket -> Sharding.trained(bucket) > 0)
                .mapToDouble(bucket ->
                        cluster.seconds(sharding.updateBytes(bucket), sharding.ranks() - 1L, sharding.ranks()))
                .sum();
        return new StepTime(0, seconds, seconds);
    }

    private static StepTime time(List<Overlap.Work> works) {
        var computing = works.stream().mapToDouble(Overlap.Work::compute).sum();
        var network = works.stream().mapToDouble(Overlap.Work::network).sum();
        return new StepTime(computing, network, Overlap.exposed(works));
    }
}
