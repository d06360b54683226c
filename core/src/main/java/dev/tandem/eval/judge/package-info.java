/** Has another model, reached over the network, decide which of two answers is better. */
@NullMarked
package dev.tandem.eval.judge;

import org.jspecify.annotations.NullMarked;
