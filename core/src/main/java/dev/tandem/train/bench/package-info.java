/** Measures the engine: training, generation and the machine's ceiling for the same shapes. */
@NullMarked
package dev.tandem.train.bench;

import org.jspecify.annotations.NullMarked;
