/** Starts the ranks of a machine and keeps them together. */
@NullMarked
package dev.tandem.cli.launch;

import org.jspecify.annotations.NullMarked;
