/** A plain training loop, to compare with. */
@NullMarked
package dev.tandem.bench.naive;

import org.jspecify.annotations.NullMarked;
