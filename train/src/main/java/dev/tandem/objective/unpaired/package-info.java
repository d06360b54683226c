/** Losses on single responses that are labelled desirable or undesirable. */
@NullMarked
package dev.tandem.objective.unpaired;

import org.jspecify.annotations.NullMarked;
