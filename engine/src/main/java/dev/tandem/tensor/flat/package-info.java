/** Parameters and gradients as flat buffers, whole or in shards. */
@NullMarked
package dev.tandem.tensor.flat;

import org.jspecify.annotations.NullMarked;
