/** Weights in files: the safetensors format, sharded or not, read from the mapped file. */
@NullMarked
package dev.tandem.tensor.safetensors;

import org.jspecify.annotations.NullMarked;
