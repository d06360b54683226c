/** Methods whose every step is on one objective, drawn or chosen by its gap. */
@NullMarked
package dev.tandem.method.draw;

import org.jspecify.annotations.NullMarked;
