/** Lines, tables and quantities on a console. */
@NullMarked
package dev.tandem.cli.console;

import org.jspecify.annotations.NullMarked;
