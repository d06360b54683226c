/** Where a run's numbers are written: trackers, the names of metrics, and their reader. */
@NullMarked
package dev.tandem.train.track;

import org.jspecify.annotations.NullMarked;
