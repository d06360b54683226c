/** A model as judge of answers: verdicts, win rates, control for length. */
@NullMarked
package dev.tandem.eval.judge;

import org.jspecify.annotations.NullMarked;
