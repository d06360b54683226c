/** Measured convergence of the methods against the paper's rates, on convex problems. */
@NullMarked
package dev.tandem.experiment.theory;

import org.jspecify.annotations.NullMarked;
