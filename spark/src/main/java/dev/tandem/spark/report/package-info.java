/** Reports of a running job to the driver. */
@NullMarked
package dev.tandem.spark.report;

import org.jspecify.annotations.NullMarked;
