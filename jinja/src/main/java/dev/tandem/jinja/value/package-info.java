/** The values that templates compute with, and the limits of a rendering. */
@NullMarked
package dev.tandem.jinja.value;

import org.jspecify.annotations.NullMarked;
