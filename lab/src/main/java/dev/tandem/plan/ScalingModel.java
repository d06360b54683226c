package dev.tandem.plan;

import dev.tandem.recipe.ZeroStage;
import dev.tandem.train.cost.StepFlops;
import java.util.List;

/**
 * The memory and time that a step of a run needs on some number of ranks, from shapes, speeds and bandwidths alone:
 * {@code docs/scaling.md} has the formulas.
 */
public final class ScalingModel {
    private final PlanInput run;
    private final Cluster cluster;
    private final List<ParameterUnit> units;
    private final StepFlops flops;

    /**
     * @param run what is trained
     * @param cluster on which machines
     */
    public ScalingModel(PlanInput run, Cluster cluster) {
        this.run = run;
        this.cluster = cluster;
        this.units = ParameterUnit.of(run.spec(), run.lora(), run.bytesPerElement());
        this.flops = new StepFlops(run.spec(), run.lora());
    }

    /** Trained parameters. */
    public long trained() {
        return units.stream().mapToLong(ParameterUnit::trained).sum();
    }

    /** Parameters that are not trained: an adapter's base. */
    public long frozen() {
        return units.stream().mapToLong(ParameterUnit::frozen).sum();
    }

    /** Memory of the rank that needs most. */
    public RankMemory memory(ZeroStage stage, int ranks) {
        return RankMemory.of(run, cluster, sharding(stage, ranks));
    }

    /** Whether that is within what can be used of a rank's memory. */
    public boolean fits(ZeroStage stage, int ranks) {
        return memory(stage, ranks).total() <= Cluster.USABLE * cluster.memory();
    }

    /** The cost of a step. */
    public StepCost step(ZeroStage stage, int ranks) {
        return new StepTimer(run, cluster, flops, sharding(stage, ranks)).step();
    }

    /** The whole memory. */
    public Plan.Row row(ZeroStage stage, int ranks) {
        var step = step(stage, ranks);
        var seconds = step.time().total();
        return new Plan.Row(
                stage,
                ranks,
                run.passes(),
                memory(stage, ranks),
                fits(stage, ranks),
                step,
                run.tokens() / seconds,
                step(ZeroStage.NOTHING, 1).time().total() / (ranks * seconds));
    }

    private ShardLayout sharding(ZeroStage stage, int ranks) {
        return new ShardLayout(stage, ranks, units, run.spec().layers());
    }
}
