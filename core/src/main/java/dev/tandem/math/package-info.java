/** Small dense linear algebra. */
@NullMarked
package dev.tandem.math;

import org.jspecify.annotations.NullMarked;
