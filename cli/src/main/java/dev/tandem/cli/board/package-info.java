/** The board: a live web page of runs, read from their folders and served to browsers. */
@NullMarked
package dev.tandem.cli.board;

import org.jspecify.annotations.NullMarked;
