/** Experiments of several runs: optima, gaps, comparisons, and the demo's small world. */
@NullMarked
package dev.tandem.experiment;

import org.jspecify.annotations.NullMarked;
