/** {@code tandem eval} and its subcommands. */
@NullMarked
package dev.tandem.cli.eval;

import org.jspecify.annotations.NullMarked;
