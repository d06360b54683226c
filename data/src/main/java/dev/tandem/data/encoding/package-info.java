/** From one row to its token sequences, or to the reason why it is dropped. */
@NullMarked
package dev.tandem.data.encoding;

import org.jspecify.annotations.NullMarked;
