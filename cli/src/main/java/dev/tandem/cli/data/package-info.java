/** {@code tandem data} and its subcommands. */
@NullMarked
package dev.tandem.cli.data;

import org.jspecify.annotations.NullMarked;
