/** Records of a run's numbers: trackers, the names of metrics, and their reader. */
@NullMarked
package dev.tandem.train.track;

import org.jspecify.annotations.NullMarked;
