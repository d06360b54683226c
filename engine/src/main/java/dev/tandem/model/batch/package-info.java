/** Sequences packed into one batch, and which tokens may attend to which. */
@NullMarked
package dev.tandem.model.batch;

import org.jspecify.annotations.NullMarked;
