/** Objectives as pure functions: log-probs in, loss and one weight per token out. Knows nothing of libtorch. */
@NullMarked
package dev.tandem.objective;

import org.jspecify.annotations.NullMarked;
