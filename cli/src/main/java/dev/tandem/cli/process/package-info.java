/** Processes of ranks, their threads, and signals. */
@NullMarked
package dev.tandem.cli.process;

import org.jspecify.annotations.NullMarked;
