/** Methods that combine the gradients of the objectives. */
@NullMarked
package dev.tandem.method.gradient;

import org.jspecify.annotations.NullMarked;
