/** Ranks as child processes of the tasks of a barrier stage. */
@NullMarked
package dev.tandem.spark.rank;

import org.jspecify.annotations.NullMarked;
