/** Objectives as pure functions: log-probs in, loss and one gradient per token out. Knows nothing of libtorch. */
@NullMarked
package dev.tandem.objective;

import org.jspecify.annotations.NullMarked;
