package dev.tandem.spark;

import dev.tandem.UserException;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Provides the session of an application that {@code spark-submit} started. */
final class Sessions {
    private Sessions() {}

    /**
     * Starts a session, or returns the existing one.
     *
     * @param name the application's name, as Spark's pages show it
     * @param defaults settings that apply unless the user sets them
     * @throws UserException if no cluster is given
     */
    static SparkSession start(String name, Map<String, String> defaults) {
        var conf = new SparkConf().setIfMissing("spark.app.name", name);
        if (!conf.contains("spark.master")) {
            throw new UserException(
                    "No cluster is given. Start this with spark-submit --master URL, or with tandem-spark"
                            + " --master URL.");
        }
        defaults.forEach(conf::setIfMissing);
        return SparkSession.builder().config(conf).getOrCreate();
    }
}
