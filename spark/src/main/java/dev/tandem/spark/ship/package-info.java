/** Ships files to machines that do not see them. */
@NullMarked
package dev.tandem.spark.ship;

import org.jspecify.annotations.NullMarked;
