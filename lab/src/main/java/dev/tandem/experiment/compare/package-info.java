/** Comparisons: the same recipe by several methods and weights, measured alike. */
@NullMarked
package dev.tandem.experiment.compare;

import org.jspecify.annotations.NullMarked;
