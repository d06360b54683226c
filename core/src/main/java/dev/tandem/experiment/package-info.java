/** Experiments of several runs: optima, gaps, comparisons, and the demo. */
@NullMarked
package dev.tandem.experiment;

import org.jspecify.annotations.NullMarked;
