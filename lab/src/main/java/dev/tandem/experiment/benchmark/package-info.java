/** Benchmarks that a comparison's models are put through. */
@NullMarked
package dev.tandem.experiment.benchmark;

import org.jspecify.annotations.NullMarked;
