/** The training loop, optimizer, schedules, evaluation, checkpoints and events. */
@NullMarked
package dev.tandem.train;

import org.jspecify.annotations.NullMarked;
