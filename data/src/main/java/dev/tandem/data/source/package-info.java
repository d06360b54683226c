/** Rows of a recipe's sources in order, with the place of each for messages. */
@NullMarked
package dev.tandem.data.source;

import org.jspecify.annotations.NullMarked;
