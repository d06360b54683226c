/** {@code tandem board}: a live web page of runs, read from their folders. */
@NullMarked
package dev.tandem.cli.board;

import org.jspecify.annotations.NullMarked;
