/** {@code tandem launch}: the ranks of a machine. */
@NullMarked
package dev.tandem.cli.launch;

import org.jspecify.annotations.NullMarked;
