/** Starts the ranks of a machine and ends them together. */
@NullMarked
package dev.tandem.cli.launch;

import org.jspecify.annotations.NullMarked;
