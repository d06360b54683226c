/** The training loop: batches, losses, backward passes, steps, evaluation, early stopping. */
@NullMarked
package dev.tandem.train.loop;

import org.jspecify.annotations.NullMarked;
