/** Methods as pure policies: which objectives to step on next, and with what weight. Knows nothing of libtorch. */
@NullMarked
package dev.tandem.method;

import org.jspecify.annotations.NullMarked;
