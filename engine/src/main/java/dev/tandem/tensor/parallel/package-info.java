/** Threads that compute in parallel: one for each replica of a model, or several in one product. */
@NullMarked
package dev.tandem.tensor.parallel;

import org.jspecify.annotations.NullMarked;
