/** Training and tokenisation on a Spark cluster: {@link dev.tandem.spark.SparkTraining}, {@link dev.tandem.spark.tokens.SparkTokenization}, and their commands. */
@NullMarked
package dev.tandem.spark;

import org.jspecify.annotations.NullMarked;
