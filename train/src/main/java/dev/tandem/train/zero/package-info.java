/** ZeRO: sharded parameters and gradients, and when they are gathered and reduced. */
@NullMarked
package dev.tandem.train.zero;

import org.jspecify.annotations.NullMarked;
