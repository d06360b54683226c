/** The cost of training in memory and floating-point operations. */
@NullMarked
package dev.tandem.train.cost;

import org.jspecify.annotations.NullMarked;
