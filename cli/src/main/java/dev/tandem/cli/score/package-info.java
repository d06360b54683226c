/** {@code tandem score}. */
@NullMarked
package dev.tandem.cli.score;

import org.jspecify.annotations.NullMarked;
