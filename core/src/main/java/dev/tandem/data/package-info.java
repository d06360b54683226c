/** Rows of files → examples → token sequences → endless, seeded streams of batches. */
@NullMarked
package dev.tandem.data;

import org.jspecify.annotations.NullMarked;
