/** Rows of Spark's data sources as rows of the tokens format. */
@NullMarked
package dev.tandem.spark.tokens;

import org.jspecify.annotations.NullMarked;
