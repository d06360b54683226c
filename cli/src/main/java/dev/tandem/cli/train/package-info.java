/** {@code tandem train}. */
@NullMarked
package dev.tandem.cli.train;

import org.jspecify.annotations.NullMarked;
