/** Linear layers, feed-forward layers and dropout over parameters that may be sharded. */
@NullMarked
package dev.tandem.model.layer;

import org.jspecify.annotations.NullMarked;
