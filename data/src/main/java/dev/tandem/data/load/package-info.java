/** The examples of an objective: encoded or from the cache, split, checked for overlap, reported. */
@NullMarked
package dev.tandem.data.load;

import org.jspecify.annotations.NullMarked;
