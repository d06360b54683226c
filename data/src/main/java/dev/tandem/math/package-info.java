/** Small dense linear algebra, statistics, and seeds of random streams. */
@NullMarked
package dev.tandem.math;

import org.jspecify.annotations.NullMarked;
