/** {@code tandem export}. */
@NullMarked
package dev.tandem.cli.export;

import org.jspecify.annotations.NullMarked;
