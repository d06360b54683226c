/** Comparisons: one recipe with several methods and weights, all measured in the same way. */
@NullMarked
package dev.tandem.experiment.compare;

import org.jspecify.annotations.NullMarked;
