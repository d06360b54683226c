/** Losses and rewards of a model on rows. */
@NullMarked
package dev.tandem.eval.score;

import org.jspecify.annotations.NullMarked;
