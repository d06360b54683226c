/** Benchmarks of a comparison's models. */
@NullMarked
package dev.tandem.experiment.benchmark;

import org.jspecify.annotations.NullMarked;
