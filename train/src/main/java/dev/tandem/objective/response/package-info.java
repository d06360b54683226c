/** Losses on single responses. */
@NullMarked
package dev.tandem.objective.response;

import org.jspecify.annotations.NullMarked;
