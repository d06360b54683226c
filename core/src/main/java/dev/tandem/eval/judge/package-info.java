/** Which of two answers another model, reached over the network, likes better. */
@NullMarked
package dev.tandem.eval.judge;

import org.jspecify.annotations.NullMarked;
