/** The command line. */
@NullMarked
package dev.tandem.cli;

import org.jspecify.annotations.NullMarked;
