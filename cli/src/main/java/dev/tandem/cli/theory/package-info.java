/** {@code tandem theory}. */
@NullMarked
package dev.tandem.cli.theory;

import org.jspecify.annotations.NullMarked;
