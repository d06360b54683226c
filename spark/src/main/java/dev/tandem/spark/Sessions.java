package dev.tandem.spark;

import dev.tandem.UserException;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** The session of an application that {@code spark-submit} started. */
final class Sessions {
    private Sessions() {}

    /**
     * Starts a session, or gives the one there is.
     *
     * @param name the application's, as Spark's pages show it
     * @param defaults settings, unless the user made them
     * @throws UserException if it is not said which cluster
     */
    static SparkSession start(String name, Map<String, String> defaults) {
        var conf = new SparkConf().setIfMissing("spark.app.name", name);
        if (!conf.contains("spark.master")) {
            throw new UserException(
                    "Which cluster is not said. Start this by spark-submit --master URL, or by tandem-spark"
                            + " --master URL.");
        }
        defaults.forEach(conf::setIfMissing);
        return SparkSession.builder().config(conf).getOrCreate();
    }
}
