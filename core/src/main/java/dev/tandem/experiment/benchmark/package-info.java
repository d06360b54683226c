/** Benchmarks of a comparison's models after training. */
@NullMarked
package dev.tandem.experiment.benchmark;

import org.jspecify.annotations.NullMarked;
