package dev.tandem.train.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A run on several numbers of ranks, at every stage.
 *
 * @param run what is trained
 * @param cluster on which machines
 * @param trained trained parameters
 * @param frozen parameters that are not trained
 * @param rows by ranks, then by stage; one rank has nothing to split, and stage 0 alone
 */
public record Plan(PlannedRun run, Cluster cluster, long trained, long frozen, List<Row> rows) {
    public Plan {
        rows = List.copyOf(rows);
    }

    /**
     * A stage on a number of ranks.
     *
     * @param memory of the rank that needs most
     * @param fits whether that is within {@link Cluster#USABLE} of a rank's memory
     * @param bytesSent by a rank in a step
     * @param time of a step
     * @param tokensPerSecond of all ranks together
     * @param efficiency speed over that of as many ranks that lose nothing, each as fast as one alone at stage 0 (whether or
     *     not the model fits there)
     */
    public record Row(
            ZeroStage stage,
            int ranks,
            RankMemory memory,
            boolean fits,
            double bytesSent,
            StepTime time,
            double tokensPerSecond,
            double efficiency) {}

    /** Plans a run. @param ranks numbers of ranks, in any order */
    public static Plan of(PlannedRun run, Cluster cluster, List<Integer> ranks) {
        var model = new ScalingModel(run, cluster);
        var rows = new ArrayList<Row>();
        for (var count : new TreeSet<>(ranks)) {
            for (var stage : ZeroStage.values()) {
                if (count > 1 || stage == ZeroStage.NOTHING) {
                    rows.add(model.row(stage, count));
                }
            }
        }
        return new Plan(run, cluster, model.trained(), model.frozen(), rows);
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
