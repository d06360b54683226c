/** Losses on pairs of a chosen and a rejected response. */
@NullMarked
package dev.tandem.objective.pair;

import org.jspecify.annotations.NullMarked;
