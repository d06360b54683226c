package dev.tandem.spark.rank;

import dev.tandem.spark.report.ReportAddress;
import dev.tandem.spark.ship.Shipped;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * The settings of all ranks of an attempt.
 *
 * @param recipe the recipe's text, its paths absolute
 * @param output the recipe's output folder
 * @param resume whether to resume from the newest checkpoint
 * @param again whether an earlier attempt of the same run failed: resume from its newest checkpoint, or start over if
 *     it wrote none
 * @param timeout how long a rank waits for the others
 * @param shipped files shipped with the application, which replace those that the recipe names
 * @param javaOptions options of the ranks' JVMs
 * @param report the address on which the driver listens
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

    /** The plan of the next attempt after this one failed. */
    public RankPlan next() {
        return new RankPlan(recipe, output, resume, true, timeout, shipped, javaOptions, report);
    }
}
