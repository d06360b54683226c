/** What the driver hears of a run while it goes on. */
@NullMarked
package dev.tandem.spark.report;

import org.jspecify.annotations.NullMarked;
