/** JMH benchmarks of the hot pieces. Those of pieces that only the model sees are in its package. */
@NullMarked
package dev.tandem.benchmarks;

import org.jspecify.annotations.NullMarked;
