package dev.tandem.spark.rank;

import dev.tandem.spark.report.ReportAddress;
import dev.tandem.spark.ship.Shipped;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * What all ranks of an attempt are told.
 *
 * @param recipe the recipe's text, its paths absolute
 * @param output the recipe's output folder
 * @param resume go on from the newest checkpoint
 * @param again an earlier attempt of the same run failed: go on from its newest checkpoint, or begin again if it wrote none
 * @param timeout how long a rank waits for the others
 * @param shipped files that came with the application, instead of those the recipe names
 * @param javaOptions of the ranks' JVMs
 * @param report where the driver listens
 */
public record RankPlan(
        String recipe,
        String output,
        boolean resume,
        boolean again,
        Duration timeout,
        List<Shipped> shipped,
        List<String> javaOptions,
        ReportAddress report)
        implements Serializable {
    public RankPlan {
        shipped = List.copyOf(shipped);
        javaOptions = List.copyOf(javaOptions);
    }

    /** The same for another attempt, after this one failed. */
    public RankPlan next() {
        return new RankPlan(recipe, output, resume, true, timeout, shipped, javaOptions, report);
    }
}
