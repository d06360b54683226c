/** Methods that train one objective after the other, or one alone. */
@NullMarked
package dev.tandem.method.stage;

import org.jspecify.annotations.NullMarked;
