package dev.tandem.plan;

import dev.tandem.recipe.ZeroStage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * A run on several numbers of ranks, at every stage.
 *
 * @param run what is trained
 * @param cluster on which machines
 * @param examplesPerRank most examples in a rank's model at the same time; absent: as the run says
 * @param trained trained parameters
 * @param frozen parameters that are not trained
 * @param rows by ranks, then by stage; one rank has nothing to split, and stage 0 alone
 */
public record Plan(
        PlanInput run, Cluster cluster, OptionalInt examplesPerRank, long trained, long frozen, List<Row> rows) {
    public Plan {
        rows = List.copyOf(rows);
    }

    /**
     * A stage on a number of ranks.
     *
     * @param passes forward and backward passes of a step
     * @param memory of the rank that needs most
     * @param fits whether that is within {@link Cluster#USABLE} of a rank's memory
     * @param step what a step costs
     * @param tokensPerSecond of all ranks together
     * @param efficiency speed over that of as many ranks that lose nothing, each as fast as one alone at stage 0 (whether or
     *     not the model fits there)
     */
    public record Row(
            ZeroStage stage,
            int ranks,
            long passes,
            RankMemory memory,
            boolean fits,
            StepCost step,
            double tokensPerSecond,
            double efficiency) {}

    /**
     * Plans a run.
     *
     * @param ranks numbers of ranks, in any order
     * @param examplesPerRank most examples in a rank's model at the same time; absent: as the run says
     */
    public static Plan of(PlanInput run, Cluster cluster, List<Integer> ranks, OptionalInt examplesPerRank) {
        var rows = new ArrayList<Row>();
        for (var count : new TreeSet<>(ranks)) {
            var model = new ScalingModel(run.onRanks(count, examplesPerRank), cluster);
            for (var stage : ZeroStage.values()) {
                if (count > 1 || stage == ZeroStage.NOTHING) {
                    rows.add(model.row(stage, count));
                }
            }
        }
        var whole = new ScalingModel(run, cluster);
        return new Plan(run, cluster, examplesPerRank, whole.trained(), whole.frozen(), rows);
    }

    /** Numbers of ranks, ascending. */
    public List<Integer> ranks() {
        return rows.stream().map(Row::ranks).distinct().toList();
    }

    /** The lowest stage that fits, which sends least. */
    public Optional<Row> lowestThatFits(int ranks) {
        return rows.stream().filter(row -> row.ranks() == ranks && row.fits()).findFirst();
    }
}
