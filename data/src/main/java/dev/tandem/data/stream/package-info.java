/** Batches of examples in a seeded order that can be saved and restored. */
@NullMarked
package dev.tandem.data.stream;

import org.jspecify.annotations.NullMarked;
