/** Checkpoints of a run's whole state, written by all ranks, read by any number of them. */
@NullMarked
package dev.tandem.train.checkpoint;

import org.jspecify.annotations.NullMarked;
