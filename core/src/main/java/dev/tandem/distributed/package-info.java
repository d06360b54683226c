/** Ranks: processes that train together, on libtorch's c10d. */
@NullMarked
package dev.tandem.distributed;

import org.jspecify.annotations.NullMarked;
